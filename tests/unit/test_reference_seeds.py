"""What must stay true of the experts' seeds, whoever edits them.

dbt tests keys, references and accepted values of the same files; here is the knowledge that no schema can hold.
"""

from __future__ import annotations

import csv
import html
import re
from functools import cache
from pathlib import Path

import pytest
import yaml

SEEDS = Path(__file__).resolve().parents[2] / "seeds" / "reference"
NAMES = sorted(path.stem for path in SEEDS.glob("*.csv"))


@cache
def rows(seed: str) -> tuple[dict[str, str], ...]:
    with (SEEDS / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def header(seed: str) -> list[str]:
    with (SEEDS / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        return next(csv.reader(file))


def column(seed: str, name: str) -> list[str]:
    return [row[name] for row in rows(seed)]


def members(family: str) -> set[str]:
    return {row["ingredient_id"] for row in rows("ref_ingredient_family_members") if row["family_id"] == family}


def ingredient(name: str) -> str:
    """The ingredient that a label's text names."""
    return {row["synonym"]: row["ingredient_id"] for row in rows("ref_ingredient_synonyms")}[name]


def normalise(text: str) -> str:
    return re.sub(r"[*. ]+$", "", re.sub(r"\s+", " ", html.unescape(text).lower()).strip())


def excluded_by(term: str) -> set[str]:
    """The ingredients that a customer who writes the term does not want."""
    excluded = set()
    for row in rows("ref_exclusion_terms"):
        if row["term"] == term:
            excluded |= members(row["target_id"]) if row["target_kind"] == "family" else {row["target_id"]}
    return excluded


# ---- Files -----------------------------------------------------------------------------------------------------------


def test_every_seed_and_column_is_described_and_typed() -> None:
    described = yaml.safe_load((SEEDS / "_reference__seeds.yml").read_text(encoding="utf-8"))["seeds"]
    for seed in described:
        columns = [entry["name"] for entry in seed["columns"]]
        assert columns == header(seed["name"]), seed["name"]
        assert columns == list(seed["config"]["column_types"]), seed["name"]
        assert all(entry["description"] for entry in seed["columns"]), seed["name"]
    assert [seed["name"] for seed in described] == NAMES


@pytest.mark.parametrize("seed", NAMES)
def test_cells_have_no_blanks_around_and_rows_are_distinct(seed: str) -> None:
    cells = [tuple(row.values()) for row in rows(seed)]
    assert all(cell == cell.strip() for row in cells for cell in row)
    assert len(set(cells)) == len(cells)


@pytest.mark.parametrize(
    ("seed", "name"),
    [
        ("ref_category_terms", "raw_category"),
        ("ref_concern_terms", "term"),
        ("ref_countries", "raw_country"),
        ("ref_currencies", "raw_currency"),
        ("ref_exclusion_terms", "term"),
        ("ref_genders", "raw_gender"),
        ("ref_ingredient_synonyms", "synonym"),
        ("ref_skin_type_terms", "term"),
        ("ref_units", "raw_unit"),
    ],
)
def test_what_is_looked_up_is_already_normalised(seed: str, name: str) -> None:
    assert [text for text in column(seed, name) if normalise(text) != text] == []


# ---- Ingredients -----------------------------------------------------------------------------------------------------


def test_a_synonym_names_one_ingredient_and_every_ingredient_is_found_by_its_own_name() -> None:
    synonyms = column("ref_ingredient_synonyms", "synonym")
    assert len(set(synonyms)) == len(synonyms)
    for row in rows("ref_ingredients"):
        assert ingredient(normalise(row["inci_name"])) == row["ingredient_id"]


def test_ids_are_the_inci_names_in_snake_case() -> None:
    for row in rows("ref_ingredients"):
        assert row["ingredient_id"] == re.sub(r"[^a-z0-9]+", "_", row["inci_name"].lower()).strip("_")


def test_one_substance_in_its_many_spellings() -> None:
    assert {ingredient(name) for name in ("aqua", "water", "eau", "aqua/water/eau", "water (aqua)")} == {"water"}
    assert {ingredient(name) for name in ("parfum", "fragrance", "perfume", "parfum (fragrance)")} == {"parfum"}
    assert ingredient("vitamin c") == ingredient("l-ascorbic acid") == "ascorbic_acid"
    assert ingredient("shea butter") == ingredient("butyrospermum parkii butter")
    assert ingredient("ci 77891") == "titanium_dioxide"


# ---- Families: what a customer who avoids one must not get ----------------------------------------------------------


def test_every_family_has_a_member() -> None:
    assert [family for family in column("ref_ingredient_families", "family_id") if not members(family)] == []


@pytest.mark.parametrize(
    ("family", "inside", "outside"),
    [
        (
            "drying_alcohols",
            ("alcohol", "alcohol denat", "sd alcohol 40-b", "isopropyl alcohol"),
            ("cetyl alcohol", "cetearyl alcohol", "stearyl alcohol", "behenyl alcohol", "benzyl alcohol",
             "phenethyl alcohol", "lanolin alcohol", "polyvinyl alcohol"),
        ),
        (
            "sulfates",
            ("sodium lauryl sulfate", "sodium laureth sulfate", "ammonium lauryl sulfate", "sodium coco-sulfate"),
            ("magnesium sulfate", "zinc sulfate", "barium sulfate", "sulfur", "behentrimonium methosulfate",
             "sodium c14-16 olefin sulfonate", "sodium lauryl sulfoacetate"),
        ),
        (
            "retinoids",
            ("retinol", "retinal", "retinyl palmitate", "hydroxypinacolone retinoate", "adapalene", "tretinoin"),
            ("bakuchiol", "beta-carotene"),
        ),
        (
            "silicones",
            ("dimethicone", "cyclopentasiloxane", "amodimethicone", "dimethiconol", "phenyl trimethicone"),
            ("silica", "triethoxycaprylylsilane"),
        ),
        (
            "fragrance",
            ("parfum", "aroma", "linalool", "limonene", "citronellol", "geraniol", "citral", "eugenol", "coumarin",
             "benzyl alcohol", "lavender oil", "tea tree oil"),
            ("glycerin", "rosemary leaf extract", "jojoba oil", "green tea extract"),
        ),
        (
            "formaldehyde_releasers",
            ("dmdm hydantoin", "imidazolidinyl urea", "diazolidinyl urea", "quaternium-15", "bronopol"),
            ("urea", "hydroxyethyl urea", "phenoxyethanol"),
        ),
        (
            "nuts",
            ("almond oil", "macadamia oil", "hazelnut oil", "peanut oil", "walnut shell powder", "shea butter"),
            ("coconut oil", "jojoba oil", "sunflower oil"),
        ),
        ("gluten", ("hydrolyzed wheat protein", "barley extract", "colloidal oatmeal"), ("rice starch", "corn starch")),
        ("bha", ("salicylic acid", "betaine salicylate"), ("bha", "glycolic acid")),
        ("lanolin", ("lanolin", "lanolin alcohol", "wool wax"), ("beeswax",)),
    ],
)  # fmt: skip
def test_families_hold_what_people_mean(family: str, inside: tuple[str, ...], outside: tuple[str, ...]) -> None:
    assert {ingredient(name) for name in inside} <= members(family)
    assert members(family).isdisjoint({ingredient(name) for name in outside})


def test_no_alcohol_is_both_fatty_and_drying() -> None:
    assert members("drying_alcohols").isdisjoint(members("fatty_alcohols"))


def test_whoever_avoids_fragrance_avoids_its_allergens_and_essential_oils_too() -> None:
    assert members("eu_fragrance_allergens") | members("essential_oils") <= members("fragrance")


@pytest.mark.parametrize(
    ("name_part", "family"),
    [
        (r"paraben$", "parabens"),
        (r"(methicone|siloxane)\b", "silicones"),
        (r"\b(laur\w*|coco|myreth|trideceth|oleth)[- ]sulfate$", "sulfates"),
        (r"^retin(?!oyl)", "retinoids"),
        (r"isothiazolinone$", "isothiazolinones"),
        (r"phthalate$", "phthalates"),
        (r"^ceramide", "ceramides"),
        (r"\b(wheat|barley|rye|oat)\b", "gluten"),
        (r"\b(almond|macadamia|hazelnut|walnut|cashew|pistachio|pecan|peanut)\b", "nuts"),
        (r"\bcitrus\b", "citrus"),
    ],
)
def test_a_telling_name_belongs_to_its_family(name_part: str, family: str) -> None:
    telling = {
        row["ingredient_id"] for row in rows("ref_ingredients") if re.search(name_part, row["inci_name"].lower())
    }
    exceptions = {"drometrizole_trisiloxane"}  # a UV filter, see its comment
    assert telling, name_part
    assert telling - exceptions <= members(family)


# ---- Concerns and skin types -----------------------------------------------------------------------------------------


def test_every_concern_has_ingredients_and_words() -> None:
    concerns = set(column("ref_concerns", "concern_id"))
    assert (
        concerns
        == set(column("ref_ingredient_concerns", "concern_id"))
        == set(column("ref_concern_terms", "concern_id"))
    )


def test_every_skin_type_has_words_and_all_but_unknown_have_ingredients() -> None:
    types = set(column("ref_skin_types", "skin_type_id"))
    assert types == set(column("ref_skin_type_terms", "skin_type_id"))
    assert types - {"unknown"} == set(column("ref_ingredient_skin_types", "skin_type_id"))


@pytest.mark.parametrize("seed", ["ref_concern_terms", "ref_exclusion_terms"])
def test_terms_are_words_only_so_that_punctuation_cannot_hide_them(seed: str) -> None:
    assert [term for term in column(seed, "term") if " ".join(re.findall(r"\w+", term)) != term] == []


def test_sensitive_skin_is_told_to_avoid_what_irritates() -> None:
    affinity = {
        row["ingredient_id"]: float(row["affinity"])
        for row in rows("ref_ingredient_skin_types")
        if row["skin_type_id"] == "sensitive"
    }
    irritants = ("parfum", "sodium lauryl sulfate", "alcohol denat", "retinol", "limonene", "methylisothiazolinone")
    assert all(affinity[ingredient(name)] < 0 for name in irritants)
    assert all(affinity[ingredient(name)] > 0 for name in ("panthenol", "ceramide np", "allantoin", "bisabolol"))


# ---- Exclusions ------------------------------------------------------------------------------------------------------


def test_every_exclusion_excludes_something() -> None:
    assert [term for term in set(column("ref_exclusion_terms", "term")) if not excluded_by(term)] == []


def test_words_for_the_same_thing_exclude_the_same() -> None:
    for words in (
        ("fragrance", "fragrances", "perfume", "parfum", "scent"),
        ("sulfate", "sulfates", "sulphate", "sulphates"),
        ("paraben", "parabens"),
        ("silicone", "silicones"),
        ("retinol", "retinoids", "vitamin a"),
        ("aluminum", "aluminium"),
        ("alcohol", "ethanol", "denatured alcohol"),
    ):
        assert len({frozenset(excluded_by(word)) for word in words}) == 1, words


def test_what_is_said_of_no_ingredient_excludes_nothing() -> None:
    for words in ("comedogenic", "tested on animals", "cruelty", "spf", "white cast"):
        assert excluded_by(words) == set()


def asked_to_leave_out(query: str) -> set[str]:
    """Terms of the query that a pattern holds, as whole words."""
    return {
        term
        for term in column("ref_exclusion_terms", "term")
        for pattern in column("ref_exclusion_patterns", "pattern")
        if term in query and re.search(f"(^| )({pattern.replace('{term}', term)})( |$)", query)
    }


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("fragrance free moisturiser", {"fragrance"}),
        ("fragrance-free", {"fragrance"}),
        ("unscented cream", {"scent"}),
        ("no parabens", {"parabens"}),
        ("alcohol free toner", {"alcohol"}),
        ("shampoo without sulphates", {"sulphates"}),
        ("oil free sunscreen", {"oil"}),
        ("serum free of any silicones", {"silicones"}),
        ("does not contain retinol", {"retinol"}),
        ("nut allergy", {"nut"}),
        ("retinol serum", set()),
        ("non comedogenic moisturiser", set()),
        ("not tested on animals", set()),
        ("cruelty free mascara", set()),
        ("alcohol wipes", set()),
        ("vitamin c serum", set()),
    ],
)
def test_what_a_search_asks_to_leave_out(query: str, terms: set[str]) -> None:
    assert asked_to_leave_out(query) == terms


def test_patterns_are_read_alike_by_every_engine() -> None:
    """RE2 knows no look-around and no back-references; an escape would be read twice where SQL texts have escapes."""
    for row in rows("ref_exclusion_patterns"):
        assert row["pattern"].count("{term}") == 1
        assert "\\" not in row["pattern"]
        assert "(?" not in row["pattern"]


# ---- Shop ------------------------------------------------------------------------------------------------------------


def test_category_ids_and_names_follow_from_the_path_and_every_parent_exists() -> None:
    paths = set(column("ref_categories", "category_path"))
    for row in rows("ref_categories"):
        path = row["category_path"]
        assert row["category_id"] == re.sub(r"[^a-z0-9]+", "_", path.lower())
        assert row["category_name"] == path.split(" > ")[-1]
        assert " > " not in path or path.rsplit(" > ", 1)[0] in paths


def test_age_bands_follow_each_other_without_a_gap() -> None:
    bands = [(int(row["min_age"]), int(row["max_age"])) for row in rows("ref_age_bands") if row["min_age"]]
    ages = [age for low, high in bands for age in range(low, high + 1)]
    bounds = next(row for row in rows("ref_outlier_rules") if row["measure"] == "customer_age")
    assert ages == list(range(int(bounds["lower_bound"]), int(bounds["upper_bound"]) + 1))


def test_price_bands_cover_all_quantiles() -> None:
    ends = [(float(row["min_quantile"]), float(row["max_quantile"])) for row in rows("ref_price_bands")]
    assert ends[0][0] == 0 and ends[-1][1] == 1
    assert [high for _, high in ends[:-1]] == [low for low, _ in ends[1:]]


def test_a_currency_has_one_rate_and_the_shop_counts_in_euro() -> None:
    rates = {(row["currency_code"], row["eur_rate"]) for row in rows("ref_currencies")}
    assert len(rates) == len({code for code, _ in rates})
    assert ("EUR", "1") in rates


def test_ounces_are_weights_and_fluid_ounces_volumes() -> None:
    units = {row["raw_unit"]: (row["unit_code"], float(row["factor"])) for row in rows("ref_units")}
    assert units["oz"] == ("g", 28.3495)
    assert units["fl oz"] == units["fl. oz"] == ("ml", 29.5735)


def test_a_region_is_the_same_for_all_spellings_of_a_country() -> None:
    pairs = {(row["country_code"], row["region"]) for row in rows("ref_countries")}
    assert len(pairs) == len({code for code, _ in pairs})


# ---- Rules after ranking ---------------------------------------------------------------------------------------------


def side(conflict: dict[str, str], which: str) -> set[str]:
    """The ingredients on one side of a conflict."""
    named = conflict[f"{which}_id"]
    return members(named) if conflict[f"{which}_kind"] == "family" else {named}


def conflicts_of(one: str, other: str) -> set[str]:
    """How severe it is to use both; empty where nothing speaks against it."""
    pairs = [(row["severity"], side(row, "a"), side(row, "b")) for row in rows("ref_ingredient_conflicts")]
    return {severity for severity, a, b in pairs if (one in a and other in b) or (other in a and one in b)}


@pytest.mark.parametrize(
    ("one", "other", "severities"),
    [
        ("retinol", "glycolic_acid", {"avoid"}),
        ("retinal", "salicylic_acid", {"avoid"}),
        ("retinol", "benzoyl_peroxide", {"avoid", "caution"}),
        # Benzoyl peroxide leaves adapalene alone; there are creams with both.
        ("adapalene", "benzoyl_peroxide", {"caution"}),
        ("ascorbic_acid", "glycolic_acid", {"caution"}),
        # Mild, or a myth.
        ("retinol", "gluconolactone", set()),
        ("ascorbic_acid", "niacinamide", set()),
        ("ascorbic_acid", "retinol", set()),
        ("ascorbyl_glucoside", "glycolic_acid", set()),
    ],
)
def test_what_conflicts_and_what_does_not(one: str, other: str, severities: set[str]) -> None:
    assert conflicts_of(one, other) == severities


def test_no_ingredient_conflicts_with_itself() -> None:
    for conflict in rows("ref_ingredient_conflicts"):
        assert not side(conflict, "a") & side(conflict, "b"), conflict["conflict_id"]


def test_every_step_that_a_category_names_is_described() -> None:
    assert set(column("ref_categories", "routine_step")) == set(column("ref_routine_steps", "routine_step"))
