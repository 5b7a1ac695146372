"""Printed ingredient lists become single names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glowhouse.ingest.ingredient_text import parse_ingredients, split_names
from glowhouse.ingest.run_together import common_names, separate_run_together

NAMES = [
    "Water/Aqua/Eau", "Glycerin", "1,2-Hexanediol", "PEG-100 Stearate", "Shea (Butyrospermum Parkii) Butter",
    "Iron Oxides (CI 77491, CI 77492)", "Parfum (Fragrance)", "Alcohol Denat.", "C12-15 Alkyl Benzoate",
    "Sodium Hyaluronate", "3-O-Ethyl Ascorbic Acid", "D&C Red No. 33", "Beta-Glucan", "Acrylates/VA Copolymer",
]  # fmt: skip
names = st.sampled_from([name.rstrip(".") for name in NAMES])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Commas inside brackets and inside names do not separate.
        ("Water (Aqua, Eau), Glycerin.", ["Water (Aqua, Eau)", "Glycerin"]),
        ("Glycerin,Squalane , Mica", ["Glycerin", "Squalane", "Mica"]),
        ("Squalane, 1,2-Hexanediol, Mica", ["Squalane", "1,2-Hexanediol", "Mica"]),
        ("Squalane, 1, 2 Hexanediol", ["Squalane", "1,2-Hexanediol"]),
        ("1,2- Hexanediol, 2,3-Butanediol", ["1,2-Hexanediol", "2,3-Butanediol"]),
        ("2-Oleamido-1,3-Octadecanediol", ["2-Oleamido-1,3-Octadecanediol"]),
        ("Polysorbate 60, 3-O-Ethyl Ascorbic Acid", ["Polysorbate 60", "3-O-Ethyl Ascorbic Acid"]),
        ("Polysorbate 60, 1,2-Hexanediol", ["Polysorbate 60", "1,2-Hexanediol"]),
        # Other separators.
        ("Water; Glycerin • Squalane | Mica", ["Water", "Glycerin", "Squalane", "Mica"]),
        ("Water** (and) Glycerin (and) Squalane", ["Water", "Glycerin", "Squalane"]),
        ("Alcohol Denat. (SD Alcohol), Mica", ["Alcohol Denat. (SD Alcohol)", "Mica"]),
        ("D&C Red No. 33, Ext. Violet 2", ["D&C Red No. 33", "Ext. Violet 2"]),
        ("Sea Salt.Red 4.Mica", ["Sea Salt", "Red 4", "Mica"]),
        ("Mica (CI 77019) Tin Oxide", ["Mica (CI 77019)", "Tin Oxide"]),
        # Marks, amounts, lot codes and remarks are not part of a name.
        ("Rosa Canina Oil*, Lavender Oil+, Tocopherol†", ["Rosa Canina Oil", "Lavender Oil", "Tocopherol"]),
        ("10% Glycolic Acid, Salicylic Acid 2 Percent, Zinc (1.5 %)", ["Glycolic Acid", "Salicylic Acid", "Zinc"]),
        ("Avobenzone: 2.5%, Water", ["Avobenzone", "Water"]),
        ("Mica, Bht <ILN41346>.", ["Mica", "Bht"]),
        ("Mica, Castor Oil [V3518A].", ["Mica", "Castor Oil"]),
        ("Mica, Parfum (F.I.L. B260371/2).", ["Mica", "Parfum"]),
        ("Ceramide NP (Skin-Restoring), Squalane (derived from olive)", ["Ceramide NP", "Squalane"]),
        ("Mica, Phenoxyethanol. *Organic. **Natural.", ["Mica", "Phenoxyethanol"]),
        ("Parfum *Certified organic", ["Parfum"]),
        ("Mica. -Five Percent Benzoyl Peroxide: Helps to clear the skin.", ["Mica"]),
        # Labels introduce names.
        ("Mica. May Contain (+/-): Red 4 (CI 14700).", ["Mica", "Red 4 (CI 14700)"]),
        ("Mica [+/- (May Contain/Peut Contenir): Tin Oxide]", ["Mica", "Tin Oxide"]),
        ("Active: Zinc Oxide; Inactive Ingredients: Water, Mica", ["Zinc Oxide", "Water", "Mica"]),
        # A blend in brackets is made of names; a synonym in brackets belongs to its name.
        (
            "Botanical Blend [Opuntia Tuna Fruit Extract, Arnica Montana Flower Extract, Water], Mica",
            ["Botanical Blend", "Opuntia Tuna Fruit Extract", "Arnica Montana Flower Extract", "Water", "Mica"],
        ),
        # Typography.
        (r"Water\Aqua\Eau, Mel / Honey", ["Water/Aqua/Eau", "Mel/Honey"]),
        ("Parfum &bull; Dr&eacute;che", ["Parfum", "Dréche"]),
        ("Ppg-\u00ac\u20106, Cire d\u2019abeille", ["Ppg-6", "Cire d'abeille"]),
        ("Coco- Caprylate, Mica", ["Coco-Caprylate", "Mica"]),
        # Brackets without a partner.
        ("Mica (CI 77019, Water, Glycerin", ["Mica CI 77019", "Water", "Glycerin"]),
        ("Water), Glycerin", ["Water", "Glycerin"]),
        # A repeated name stays where it stands first.
        ("Water, Mica, WATER, Zinc", ["Water", "Mica", "Zinc"]),
        # Nothing to read.
        ("", []),
        (" , . ,", []),
        ("A pillow with a cover of silk", []),
    ],
)
def test_one_printed_list(text: str, expected: list[str]) -> None:
    assert split_names(text) == expected


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        # Lines that break off between names, in a name, and in a word.
        (["Water,", "Mica."], ["Water", "Mica"]),
        (["Water, Butylene", "Glycol, Mica"], ["Water", "Butylene Glycol", "Mica"]),
        (["Water, Salix Alba", "(Willow) Bark Extract"], ["Water", "Salix Alba (Willow) Bark Extract"]),
        (["Water, Tocopheryl Ac-", "etate"], ["Water", "Tocopheryl Acetate"]),
        (["Water, PEG-", "8 Stearate"], ["Water", "PEG-8 Stearate"]),
        (["Water, 1,", "2-Hexanediol"], ["Water", "1,2-Hexanediol"]),
        (["Water, Mica", ", Glycerin"], ["Water", "Mica", "Glycerin"]),
        # Remarks.
        (["-Vitamin C: brightens the skin", "Water, Mica"], ["Water", "Mica"]),
        (["Ginger, Bisabolol and Panthenol: Help to calm the skin.", "Water, Mica"], ["Water", "Mica"]),
        (["Water, Mica.", "This product is vegan."], ["Water", "Mica"]),
        (["*Water, *Mica", "*Organic"], ["Water", "Mica"]),
        (["Avobenzone 3%, Homosalate 5%: Sunscreens.", "Water"], ["Avobenzone", "Homosalate", "Water"]),
        # Sets: the best position in a part counts, the first spelling stays.
        (["Cream:", "Water, Squalane, Parfum", "Serum:", "Water, Retinol"], ["Water", "Squalane", "Retinol", "Parfum"]),
        (["AM", "Water, Mica", "PM", "Aqua, Zinc"], ["Water", "Aqua", "Mica", "Zinc"]),
        (["Step 1: Water, Mica", "Step 2: Retinol, WATER"], ["Water", "Retinol", "Mica"]),
        (["Shade Rose:", "Mica, Red 4", "Shade Nude:", "Mica"], ["Mica", "Red 4"]),
        (["Mica", "May Contain (+/-):", "Red 4"], ["Mica", "Red 4"]),
        ([], []),
        (["", " "], []),
    ],
)
def test_a_list_in_pieces(elements: list[str], expected: list[str]) -> None:
    assert parse_ingredients(elements) == expected


@given(st.lists(names, min_size=1, max_size=12, unique_by=str.casefold), st.sampled_from([", ", ",", " , ", "; "]))
def test_any_list_of_real_names_is_read_back_in_its_order(printed: list[str], separator: str) -> None:
    assert split_names(separator.join(printed) + ".") == printed


@given(st.lists(names, max_size=6), st.lists(names, max_size=6))
def test_a_set_holds_exactly_what_its_parts_hold(first: list[str], second: list[str]) -> None:
    read = parse_ingredients(["Day:", ", ".join(first), "Night:", ", ".join(second)])

    assert {name.casefold() for name in read} == {name.casefold() for name in first + second}
    assert len(read) == len(set(read))


@given(st.lists(st.text(max_size=60), max_size=4))
def test_no_text_breaks_the_reader_and_no_name_is_blank_or_repeated(elements: list[str]) -> None:
    read = parse_ingredients(elements)

    assert all(name and name == name.strip() for name in read)
    assert len({name.casefold() for name in read}) == len(read)


KNOWN = common_names([["Glycerin", "Butylene Glycol", "Squalane", "Sodium Chloride", "PEG-8"]] * 5 + [["Sea Salt"]])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Glycerin Butylene Glycol Squalane", ["Glycerin", "Butylene Glycol", "Squalane"]),
        ("Glycerin and Squalane", ["Glycerin", "Squalane"]),
        ("Squalane & Glycerin", ["Squalane", "Glycerin"]),
        ("SqualaneGlycerin", ["Squalane", "Glycerin"]),
        ("TriMethylol Squalane", ["TriMethylol Squalane"]),
        ("Butylene Glycol", ["Butylene Glycol"]),
        # An unknown word may belong to either side: better one odd name than two wrong ones.
        ("Hydrogenated Squalane", ["Hydrogenated Squalane"]),
        ("PEG-8 Squalane", ["PEG-8 Squalane"]),
        ("Sea Salt", ["Sea Salt"]),
        # A whole list without commas is taken apart all the same.
        (" ".join(["Glycerin Squalane"] * 9 + ["Sea Salt"]), [*["Glycerin", "Squalane"] * 9, "Sea Salt"]),
    ],
)
def test_names_whose_commas_were_lost(name: str, expected: list[str]) -> None:
    assert separate_run_together(name, KNOWN) == expected


@given(st.lists(st.sampled_from(["glycerin", "squalane", "butylene glycol", "oddity"]), min_size=1))
def test_taking_apart_loses_no_word(words: list[str]) -> None:
    name = " ".join(words)

    assert " ".join(separate_run_together(name, KNOWN)) == name
