"""Invented brands, product names, descriptions and claims."""

from __future__ import annotations

from itertools import product as cartesian

import numpy as np

from glowhouse.demo.vocabulary import CONCERN_WORDS

BRANDS = (
    "Dew Theory", "Moss & Marble", "Luma Fable", "Oat & Orbit", "Kind Alchemy", "Saltgrass Lab", "Fern Quarter",
    "Opal Hour", "Juniper Notary", "Maison Brumelle", "Doktor Anselm", "Hanok Garden", "Sora Leaf", "Piel Serena",
    "Pure Arithmetic", "Clear Chapter", "Velvet Meridian", "Tidewater Apothecary", "Glass Orchard", "Nimbus & Nettle",
    "L'Atelier Fauvette", "Crème Lunaire", "Söderlicht", "Birk & Blad", "Ember Botanist", "Quiet Formula",
    "Second Dawn", "Mirelle Roux", "Casa Azahar", "Honey Cartographer", "Paper Lotus", "Little Equinox",
)  # fmt: skip
_FIRST = (
    "Amber", "Birch", "Cedar", "Coral", "Crescent", "Drift", "Ember", "Feather", "Garnet", "Hazel", "Indigo", "Ivory",
    "Lagoon", "Larch", "Linden", "Lunar", "Maple", "Meadow", "Mist", "North", "Ochre", "Olive", "Pebble", "Plum",
    "Quartz", "Raven", "River", "Saffron", "Silver", "Thistle", "Willow", "Winter",
)  # fmt: skip
_SECOND = (
    "Almanac", "Archive", "Atlas", "Bureau", "Canvas", "Chorus", "Circle", "Cottage", "Diary", "Essay", "Harbour",
    "House", "Journal", "Ledger", "Letters", "Library", "Method", "Mill", "Museum", "Observatory", "Parlour",
    "Pavilion", "Practice", "Ritual", "School", "Sonata", "Station", "Studio", "Supply", "Terrace", "Union", "Works",
)  # fmt: skip

_ADJECTIVES = {
    "acne": ("Clear Day", "Clarifying", "Calm Spot"),
    "dryness": ("Barrier", "Nourishing", "Rich Comfort"),
    "sensitivity": ("Soothing", "Gentle", "Quiet Skin"),
    "redness": ("Anti-Redness", "Cooling", "Even Calm"),
    "hyperpigmentation": ("Even Tone", "Brightening", "Dark Spot"),
    "dullness": ("Radiance", "Morning Glow", "Luminous"),
    "fine_lines": ("Smoothing", "Renewing", "Line Softening"),
    "loss_of_firmness": ("Firming", "Lifting", "Resilience"),
    "large_pores": ("Pore Refining", "Minimal Pore", "Clarity"),
    "oiliness": ("Balancing", "Matte", "Shine Control"),
    "dark_circles": ("Wide Awake", "Bright Eye", "De-Puff"),
    "uneven_texture": ("Resurfacing", "Polishing", "Smooth Start"),
    "sun_protection": ("Daylight", "Sheer Shield", "Invisible"),
    "eczema_prone": ("Atopic Care", "Deep Comfort", "Relief"),
    "dehydration": ("Hydrating", "Plumping", "Cloud Water"),
    "frizz": ("Anti-Frizz", "Sleek", "Smooth Curl"),
    "damaged_hair": ("Repair", "Bond Care", "Strength"),
    "dandruff": ("Scalp Balance", "Clear Scalp", "Anti-Flake"),
    "": ("Signature", "Everyday", "Midnight", "Velvet", "Garden", "Sunday"),
}
_OPENINGS = (
    "A {texture} {noun} that helps with {concerns}.",
    "Made for {concerns}: a {texture} {noun}.",
    "This {texture} {noun} targets {concerns}.",
    "Our answer to {concerns}, a {texture} {noun}.",
)
_TEXTURES = ("light", "silky", "cushiony", "fast-absorbing", "velvety", "fresh")
_CLOSINGS = (
    "A little goes a long way.",
    "Loved by our testers' skin.",
    "Kind to you & your shelf.",
    "Made in small batches.",
)
_FACE_CLOSINGS = (
    "Use morning & evening.",
    "Layers well under sunscreen & makeup.",
    "Patch test first if you're new to it.",
)


def brand_names(count: int) -> list[str]:
    """The first `count` brands; the list is the same for every seed, so that shops of different sizes share it."""
    generated = (f"{first} {second}" for first, second in cartesian(_FIRST, _SECOND))
    names = [*BRANDS[:count]]
    while len(names) < count:
        names.append(next(generated))
    return names


def product_name(rng: np.random.Generator, brand: str, concern: str, noun: str, hero: str | None) -> str:
    """A name such as "Dew Theory Barrier Cream with Ceramides"; `concern` is "" for products without a purpose."""
    name = f"{brand} {_pick(rng, _ADJECTIVES[concern])} {noun}"
    return f"{name} with {hero}" if hero and rng.random() < 0.75 else name


def description(rng: np.random.Generator, noun: str, concerns: list[str], hero: str | None, is_for_face: bool) -> str:
    """Two or three sentences; they name the concerns in the words of CONCERN_WORDS (English ones)."""
    texture = _pick(rng, _TEXTURES)
    closing = _pick(rng, (*_CLOSINGS, *_FACE_CLOSINGS) if is_for_face else _CLOSINGS)
    if not concerns:
        return f"A {texture} {_in_a_sentence(noun)} for every day. {closing}"
    words = " and ".join(_pick(rng, CONCERN_WORDS[concern][:2]) for concern in concerns)
    opening = _pick(rng, _OPENINGS).format(texture=texture, noun=_in_a_sentence(noun), concerns=words)
    return f"{opening} With {_in_a_sentence(hero)}. {closing}" if hero else f"{opening} {closing}"


def claims(
    rng: np.random.Generator, free_of: list[str], concerns: list[str], suits: list[str], animal_free: bool
) -> list[str]:
    """What the label promises; every free-of claim is true."""
    words = [f"{family.replace('_', ' ')} free" for family in free_of if rng.random() < 0.6]
    words += [f"good for: {CONCERN_WORDS[concern][0]}" for concern in concerns]
    if suits:
        words.append(f"best for {', '.join(suits)} skin")
    if animal_free and rng.random() < 0.5:
        words.append("vegan")
    if rng.random() < 0.3:
        words.append("dermatologist tested")
    return words


def _in_a_sentence(title: str) -> str:
    """'Vitamin C Cream' as 'vitamin C cream': abbreviations stay in capitals."""
    return " ".join(word if word.isupper() else word.lower() for word in title.split())


def _pick(rng: np.random.Generator, options: tuple[str, ...]) -> str:
    return options[int(rng.integers(len(options)))]
