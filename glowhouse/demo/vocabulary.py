"""The words of the demo shop: categories, concerns, countries, and how people misspell them."""

from __future__ import annotations

from dataclasses import dataclass

CONCERNS = (
    "acne",
    "dryness",
    "sensitivity",
    "redness",
    "hyperpigmentation",
    "dullness",
    "fine_lines",
    "loss_of_firmness",
    "large_pores",
    "oiliness",
    "dark_circles",
    "uneven_texture",
    "sun_protection",
    "eczema_prone",
    "dehydration",
    "frizz",
    "damaged_hair",
    "dandruff",
)
SKIN_TYPES = ("dry", "oily", "combination", "normal", "sensitive")
GENDERS = ("female", "male", "diverse")

FACE = ("acne", "dryness", "sensitivity", "redness", "hyperpigmentation", "dullness", "dehydration", "oiliness")
AGEING = ("fine_lines", "loss_of_firmness", "dullness", "hyperpigmentation")
HAIR = ("frizz", "damaged_hair", "dandruff")


@dataclass(frozen=True, slots=True)
class Category:
    """A leaf of the category tree and what its products are like.

    `share` weighs the number of products, `price` is the median in euro, `days` how long the first size lasts with
    normal use, `nouns` end the product names, `misspelt` are paths as careless editors typed them.
    """

    path: str
    step: str
    recipe: str
    share: float
    price: float
    days: float
    sizes: tuple[tuple[float, str], ...]
    targets: tuple[str, ...]
    nouns: tuple[str, ...]
    misspelt: tuple[str, ...] = ()


_ML = "ml"
CATEGORIES = (
    Category("Skincare > Cleansers > Face wash", "cleanser", "wash", 6, 16, 70, ((150, _ML), (200, _ML), (400, _ML)),
             ("acne", "oiliness", "dryness", "sensitivity", "large_pores"),
             ("Gel Cleanser", "Foaming Wash", "Milk Cleanser"),
             ("Skincare > Clensers > Face wash", "skin care > cleansers > face wash")),
    Category("Skincare > Cleansers > Cleansing oil", "cleanser", "oil", 2, 22, 90, ((100, _ML), (200, _ML)),
             ("dryness", "sensitivity", "dullness"), ("Cleansing Oil", "Melting Balm")),
    Category("Skincare > Cleansers > Micellar water", "cleanser", "water", 2, 11, 60, ((200, _ML), (400, _ML)),
             ("sensitivity", "redness", "oiliness"), ("Micellar Water",),
             ("Skincare > Cleansers > Micelar water",)),
    Category("Skincare > Toners > Hydrating toner", "toner", "water", 4, 19, 80, ((150, _ML), (200, _ML)),
             ("dehydration", "redness", "sensitivity", "dullness"), ("Essence Toner", "Milky Toner", "Dew Mist")),
    Category("Skincare > Toners > Exfoliating toner", "toner", "water", 3, 24, 90, ((100, _ML), (200, _ML)),
             ("uneven_texture", "large_pores", "acne", "dullness"), ("Resurfacing Toner", "Peel Pads Solution"),
             ("Skincare > Toners > Exfolating toner",)),
    Category("Skincare > Treatments > Serum", "treatment", "water", 11, 34, 75, ((30, _ML), (50, _ML), (1, "fl oz")),
             (*FACE, *AGEING, "large_pores", "uneven_texture"), ("Serum", "Concentrate", "Booster", "Ampoule"),
             ("Skincare > Treatments > Serrum", "Skincare > Treatmens > Serum")),
    Category("Skincare > Treatments > Retinol treatment", "treatment", "cream", 3, 41, 100, ((30, _ML), (50, _ML)),
             ("fine_lines", "uneven_texture", "loss_of_firmness"), ("Night Treatment", "Renewal Concentrate")),
    Category("Skincare > Treatments > Spot treatment", "treatment", "cream", 2, 14, 120, ((15, _ML), (20, "g")),
             ("acne",), ("Spot Gel", "Blemish Paste")),
    Category("Skincare > Treatments > Face oil", "treatment", "oil", 3, 36, 120, ((30, _ML), (50, _ML)),
             ("dryness", "dullness", "fine_lines", "eczema_prone"), ("Face Oil", "Facial Elixir")),
    Category("Skincare > Eye care > Eye cream", "eye", "cream", 4, 32, 90, ((15, _ML), (0.5, "fl oz")),
             ("dark_circles", "fine_lines"), ("Eye Cream", "Eye Gel"), ("Skincare > Eyecare > Eye creme",)),
    Category("Skincare > Moisturisers > Day cream", "moisturiser", "cream", 8, 31, 60, ((50, _ML), (75, _ML),
             (1.7, "fl oz")),
             (*FACE, *AGEING), ("Day Cream", "Daily Moisturiser", "Barrier Cream"),
             ("Skincare > Moisturizers > Day cream", "Skincare > Mosturisers > Day cream",
             "skincare > moisturisers > daycream")),
    Category("Skincare > Moisturisers > Night cream", "moisturiser", "cream", 5, 37, 70, ((50, _ML), (50, "g")),
             (*AGEING, "dryness", "eczema_prone"), ("Night Cream", "Sleeping Cream"),
             ("Skincare > Moisturizers > Nite cream",)),
    Category("Skincare > Moisturisers > Gel cream", "moisturiser", "water", 4, 27, 60, ((50, _ML), (60, _ML)),
             ("oiliness", "dehydration", "acne", "large_pores"), ("Gel Cream", "Water Gel")),
    Category("Skincare > Sun care > Face sunscreen", "spf", "sun", 5, 25, 55, ((50, _ML), (40, _ML)),
             ("sun_protection",), ("Sun Fluid SPF 50", "Daily Sunscreen SPF 30"),
             ("Skincare > Suncare > Face sunscreen", "Skincare > Sun care > Face sunscren")),
    Category("Skincare > Masks > Clay mask", "mask", "clay", 3, 18, 110, ((75, "g"), (100, _ML)),
             ("oiliness", "large_pores", "acne"), ("Clay Mask", "Mud Mask")),
    Category("Skincare > Masks > Sheet mask", "mask", "water", 3, 5, 30, ((1, "pcs"), (5, "pcs")),
             ("dehydration", "dullness", "redness"), ("Sheet Mask",)),
    Category("Skincare > Lip care > Lip balm", "other", "balm", 3, 8, 75, ((10, _ML), (4.5, "g")),
             ("dryness",), ("Lip Balm", "Lip Butter")),
    Category("Body > Body care > Body lotion", "body", "cream", 4, 17, 60, ((200, _ML), (400, _ML), (8, "fl oz")),
             ("dryness", "eczema_prone", "dehydration"), ("Body Lotion", "Body Milk"),
             ("Body > Bodycare > Body loton",)),
    Category("Body > Body care > Body wash", "body", "wash", 3, 11, 45, ((250, _ML), (500, _ML)),
             ("dryness", "sensitivity"), ("Shower Gel", "Body Wash")),
    Category("Body > Hand care > Hand cream", "body", "cream", 3, 10, 60, ((50, _ML), (75, _ML)),
             ("dryness", "eczema_prone"), ("Hand Cream",)),
    Category("Hair > Shampoo > Shampoo", "hair", "wash", 5, 15, 60, ((250, _ML), (300, _ML), (1, "l")),
             HAIR, ("Shampoo",), ("Hair > Shampo > Shampoo", "Haircare > Shampoo")),
    Category("Hair > Conditioner > Conditioner", "hair", "rinse", 4, 16, 60, ((200, _ML), (250, _ML)),
             ("frizz", "damaged_hair"), ("Conditioner",), ("Hair > Conditoner > Conditioner",)),
    Category("Hair > Treatments > Hair mask", "hair", "rinse", 3, 21, 100, ((200, _ML), (250, "g")),
             ("frizz", "damaged_hair"), ("Hair Mask", "Repair Mask")),
    Category("Hair > Treatments > Hair oil", "hair", "oil", 2, 23, 140, ((50, _ML), (100, _ML)),
             ("frizz", "damaged_hair"), ("Hair Oil", "Gloss Drops")),
    Category("Makeup > Face > Foundation", "makeup", "colour", 4, 33, 120, ((30, _ML),),
             ("oiliness", "dryness", "redness"), ("Skin Tint", "Foundation"), ("Make-up > Face > Foundaton",)),
    Category("Makeup > Lips > Lipstick", "makeup", "lipstick", 4, 22, 180, ((3.5, "g"),),
             (), ("Lipstick", "Lip Colour")),
    Category("Makeup > Eyes > Mascara", "makeup", "colour", 3, 21, 110, ((9, _ML),),
             (), ("Mascara",), ("Makeup > Eyes > Mascarra",)),
    Category("Fragrance > Perfume > Eau de parfum", "fragrance", "perfume", 3, 72, 240, ((30, _ML), (50, _ML),
             (100, _ML)),
             (), ("Eau de Parfum",), ("Fragance > Perfume > Eau de parfum",)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Country:
    """A country the shop serves: its share of customers, currency, spellings, regions, and the shop's stores there."""

    code: str
    share: float
    currency: str
    spellings: tuple[str, ...]
    regions: tuple[str, ...]
    stores: tuple[str, ...] = ()


COUNTRIES = (
    Country("DE", 0.34, "EUR", ("DE", "Germany", "Deutschland"), ("Bayern", "Berlin", "Hessen", "Sachsen", "Hamburg"),
            ("Berlin Mitte", "Hamburg Altona", "Köln Ehrenfeld", "München Au")),
    Country("FR", 0.15, "EUR", ("FR", "France"), ("Île-de-France", "Provence", "Bretagne", "Occitanie"),
            ("Paris Marais", "Lyon Croix-Rousse")),
    Country("GB", 0.14, "GBP", ("GB", "United Kingdom", "UK"), ("England", "Scotland", "Wales"), ("London Hackney",)),
    Country("US", 0.10, "USD", ("US", "USA", "United States"), ("California", "New York", "Texas", "Florida")),
    Country("ES", 0.09, "EUR", ("ES", "Spain", "España"), ("Cataluña", "Madrid", "Andalucía"), ("Barcelona Gràcia",)),
    Country("PL", 0.08, "PLN", ("PL", "Poland", "Polska"), ("Mazowieckie", "Śląskie", "Małopolskie")),
    Country("AT", 0.05, "EUR", ("AT", "Austria", "Österreich"), ("Wien", "Tirol", "Steiermark"), ("Wien Neubau",)),
    Country("SE", 0.05, "SEK", ("SE", "Sweden", "Sverige"), ("Stockholm", "Skåne")),
)  # fmt: skip
COUNTRY_TYPOS = {"DE": "Germny", "FR": "Frnace", "GB": "Untied Kingdom", "ES": "Spian", "PL": "Pland"}
# Euro for one unit of the currency; the shop sets prices with these round rates.
EURO_RATES = {"EUR": 1.0, "USD": 0.92, "GBP": 1.17, "PLN": 0.23, "SEK": 0.087}

SKIN_TYPE_SPELLINGS = {
    "dry": ("Dry", "dry", "trocken"),
    "oily": ("Oily", "oily", "fettig"),
    "combination": ("Combination", "combo", "mixed skin"),
    "normal": ("Normal", "normal"),
    "sensitive": ("Sensitive", "sensitive", "sensibel"),
}
SKIN_TYPE_TYPOS = {
    "dry": "drry",
    "oily": "oilly",
    "combination": "combnation",
    "normal": "norml",
    "sensitive": "sensitiv",
}
GENDER_SPELLINGS = {"female": ("female", "f", "F", "w"), "male": ("male", "m", "M"), "diverse": ("diverse", "d", "x")}

CONCERN_WORDS = {
    "acne": ("acne", "blemishes", "breakouts", "Pickel"),
    "dryness": ("dryness", "dry skin", "trockene Haut"),
    "sensitivity": ("sensitivity", "sensitive skin", "irritation"),
    "redness": ("redness", "rosacea", "Rötungen"),
    "hyperpigmentation": ("hyperpigmentation", "dark spots", "Pigmentflecken"),
    "dullness": ("dullness", "dull skin", "glow"),
    "fine_lines": ("fine lines", "wrinkles", "Falten"),
    "loss_of_firmness": ("loss of firmness", "firming", "sagging skin"),
    "large_pores": ("large pores", "enlarged pores", "pores"),
    "oiliness": ("oiliness", "oily skin", "shine control"),
    "dark_circles": ("dark circles", "puffy eyes", "Augenringe"),
    "uneven_texture": ("uneven texture", "rough skin", "texture"),
    "sun_protection": ("sun protection", "uv protection", "spf", "Sonnenschutz"),
    "eczema_prone": ("eczema", "atopic skin", "Neurodermitis"),
    "dehydration": ("dehydration", "hydration", "plumping"),
    "frizz": ("frizz", "frizzy hair"),
    "damaged_hair": ("damaged hair", "split ends", "breakage"),
    "dandruff": ("dandruff", "flaky scalp", "Schuppen"),
}

# Families a customer may avoid: share of all customers, and the words they use for it.
AVOIDABLE = {
    "fragrance": (0.110, ("fragrance", "perfume", "parfum")),
    "parabens": (0.070, ("parabens", "paraben")),
    "drying_alcohols": (0.045, ("alcohol",)),
    "sulfates": (0.040, ("sulfates", "sulfate", "sulphates")),
    "silicones": (0.040, ("silicones", "silicone")),
    "retinoids": (0.035, ("retinol",)),
    "essential_oils": (0.025, ("essential oils",)),
    "mineral_oil": (0.020, ("mineral oil",)),
    "nuts": (0.015, ("nuts",)),
}
EXCLUSION_PHRASES = (
    "{term} free {thing}",
    "{term}-free {thing}",
    "{thing} without {term}",
    "{thing} no {term}",
    "no {term}",
    "without {term}",
    "{thing} free of {term}",
    "{thing} free from {term}",
)
