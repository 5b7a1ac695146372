"""Ingredient lists as shops print them, split into single names.

The input is a list of text elements, as Sephora's pages have it. Usually there is one: a long text of names with
commas. But names hold commas themselves (`1,2-Hexanediol`, `Water (Aqua, Eau)`), elements may break off in the middle
of a name or of a word, sets list each part under a header of its own, and between the names stand remarks, footnotes,
percentages, labels and lot codes.

Names keep their spelling and their synonyms (`Water/Aqua/Eau`): which names mean the same is the knowledge of the
warehouse's ingredient seeds, not of this module.
"""

import html
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

# Soft hyphens and unusual dashes, slashes of both kinds, and blanks around slashes or after hyphens.
TYPOGRAPHY = (
    (re.compile("-?\N{NOT SIGN}?[\N{SOFT HYPHEN}\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{EN DASH}]"), "-"),
    (re.compile("[\N{NOT SIGN}\N{ZERO WIDTH SPACE}\N{ZERO WIDTH NO-BREAK SPACE}\N{LEFT-TO-RIGHT MARK}\ufe0f]"), ""),
    (re.compile("[\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}\N{ACUTE ACCENT}]"), "'"),
    (re.compile(r"\s*[\\/]\s*"), "/"),
    (re.compile(r"(?<=\w)-\s+(?=\w)"), "-"),
    (re.compile(r"\s+"), " "),
)
# Lot and formula codes that some houses print after a list: <ILN41346>, [V3518A], (F.I.L. B260371/2), (251/031).
CODES = re.compile(
    r"[<\[]\s*ILN\s*\d+\s*[>\]](?:\s*Rds Product Name:.*?Division:\s*\w+\s*\([^)]*\))?"
    r"|[(\[]?\s*F\.?\s*I\.?\s*L\.?\s*:?\s*\w*\d[\w/]*\s*[)\]]?"
    r"|\[\s*[A-Z]\d{3,5}\s*[A-Z]?\s*\]"
    r"|\(?(?<!\d)\d{3}/\d{3}(?!\d)\)?",
    re.IGNORECASE,
)
# Labels inside a list. What only some shades may contain counts as contained, since a customer may get it.
LABELS = re.compile(
    r"[\[(]?\s*\+/-\s*[)\]]?\s*[\[(]?\s*(?:may contain[^:,(\[\])]*)?[)\]]?\s*:?"
    r"|[\[(]?\s*may contain[^:,(\[\])]*[)\]]?\s*(?:[\[(]?\s*\+/-\s*[)\]]?)?\s*:?"
    r"|less than\s*\d+\s*%\s*of\s*:"
    r"|serv\. size[^,]*,|amount per serving\s*:",
    re.IGNORECASE,
)
SEPARATORS = re.compile(r"\(and\)|[•●;|]|\s·\s", re.IGNORECASE)
# A full stop ends a name, unless it belongs to an abbreviation.
FULL_STOP = re.compile(
    r"(?<=[a-z0-9)\]*])(?<!\bdenat)(?<!\bext)(?<!\bno)(?<!\bst)(?<!\bvar)\s?\.(?:\s+(?=[A-Z*\[-])|(?=(?-i:[A-Z][a-z])))",
    re.IGNORECASE,
)
# A colour index number in brackets ends a name, whatever follows without a comma.
COLOUR_INDEX = re.compile(r"(\(ci \d{5}\))\s+(?=\w)", re.IGNORECASE)
# A footnote: a mark that follows a blank or full stop instead of a comma, and its text.
FOOTNOTES = re.compile(r"(?<=[^\s,.])[\s.]\s*[*†‡°]+\s*(?=\w)[^.,;:]*")
# The commas of 1,2-Hexanediol, 2, 3 Butanediol and 2-Oleamido-1,3-Octadecanediol.
LOCANTS = re.compile(r"(?<!\d)(\d),(?:(?<![\w.]\s..)\s)?(\d{1,2})\s?[-\s]\s?(?=[A-Za-z])")
SHIELDED_COMMA = "\N{SINGLE LOW-9 QUOTATION MARK}"
AMOUNT = re.compile(
    r"[(\[]?\s*(?<![\w.-])\d+(?:[.,]\d+)?\s*(?:%|(?:percent|mg|mcg|µg|iu|billion cfu)\b)"
    r"(?:\s*w/[wv])?(?:\s*dv)?\s*[)\]]?",
    re.IGNORECASE,
)
# What a house says about an ingredient instead of another name for it: (Skin-Soothing), (derived from olive).
REMARK = re.compile(
    r"[(\[][^()\[\]]*\b(?:skin|hydrat|antioxidant|emollient|enhance|preservative|agent|chelat|solvent|thickener"
    r"|derived|sourced|from|processed|certified|non-)[^()\[\]]*[)\]]",
    re.IGNORECASE,
)
MARKS = re.compile(r"[*†‡°™®©]+")
EDGES = " \t.,:^+~'\"“”#¹²³-"
STEP = re.compile(r"^(?:step|phase|part)\s*\w+\s*:", re.IGNORECASE)
FUNCTION_WORDS = frozenset(
    {"a", "and", "are", "as", "for", "from", "helps", "is", "of", "skin", "that", "the", "this", "to", "with", "your"}
)
WATER_FIRST = re.compile(r"^(?:water|aqua|eau)\b", re.IGNORECASE)
# Brackets around more than this hold a blend's ingredients, not a synonym: they are names of their own.
LONGEST_SYNONYM = 60


def parse_ingredients(elements: Sequence[str]) -> list[str]:
    """The single ingredient names of a product, strongest first.

    A set (several parts under headers such as `Night Cream:`, or variations of one product) contains what any of its
    parts contains. Names are ordered by their best position in a part, so that each part's main ingredients come first;
    within one list the order stays as printed. A name counts once, whatever its case.
    """
    ranked: dict[str, tuple[int, int, str]] = {}
    for part, text in enumerate(_part_texts(elements)):
        for position, name in enumerate(split_names(text)):
            key = name.casefold()
            ranked[key] = min(ranked.get(key, (position, part, name)), (position, part, name))
    return [name for _, _, name in sorted(ranked.values())]


def split_names(text: str) -> list[str]:
    """Splits one list, printed as one text, into names without marks, amounts and remarks; repeats are kept out."""
    text = html.unescape(text)
    for pattern, replacement in TYPOGRAPHY:
        text = pattern.sub(replacement, text)
    text = REMARK.sub(" ", text)
    for ending in (CODES, LABELS, SEPARATORS, FOOTNOTES, FULL_STOP):
        text = ending.sub(", ", text)
    text = COLOUR_INDEX.sub(r"\1, ", text)
    text = LOCANTS.sub(rf"\1{SHIELDED_COMMA}\2-", text)
    return distinct(filter(None, map(_clean_name, _split_outside_brackets(text))))


def distinct(names: Iterable[str]) -> list[str]:
    """The names without repeats, whatever their case; the first spelling stays."""
    spelled: dict[str, str] = {}
    for name in names:
        spelled.setdefault(name.casefold(), name)
    return list(spelled.values())


def _part_texts(elements: Iterable[str]) -> list[str]:
    """Joins elements into one text a part: headers begin a part, remarks are left out, broken names are mended."""
    texts = [""]
    waiting = [element.strip() for element in elements if element.strip()]
    for element, following in pairwise([*waiting, ""]):
        if _is_header(element, following):
            texts.append("")
        elif not _is_remark(element):
            if STEP.match(element):
                texts.append("")
            texts[-1] = _continue_text(texts[-1], element)
    return [text for text in texts if text]


def _is_header(element: str, following: str) -> bool:
    """`Night Cream:`, or a line without punctuation above a list that begins with water."""
    if element.endswith(":"):
        return True
    plain = not re.search(r"[,%.]", element)
    return plain and bool(WATER_FIRST.match(following)) and len(following) > len(element)


def _is_remark(element: str) -> bool:
    """`-Vitamin C: brightens the skin`, `Papaya: soothes skin.`, `This product is vegan.`: text about ingredients."""
    label, colon, rest = element.rpartition(": ")
    if element.startswith(("-", "*")) and (colon or "," not in element):
        return True
    return "%" not in label and _is_prose(rest)


def _is_prose(text: str) -> bool:
    words = re.findall(r"[A-Za-z'-]+", re.sub(r"\([^)]*\)", "", AMOUNT.sub(" ", text)))
    small = [word for word in words if word.islower()]
    return 2 * len(small) >= len(words) and any(word in FUNCTION_WORDS for word in small)


def _continue_text(text: str, element: str) -> str:
    """Appends an element to the text before it, which may have ended in the middle of a name or of a word."""
    if not text:
        return element
    if text.endswith("-"):
        return text[:-1] + element if element[:1].islower() else text + element
    return f"{text[:-1]}, {element}" if text.endswith((",", ".", ";")) else f"{text} {element}"


def _split_outside_brackets(text: str) -> list[str]:
    """Splits at commas outside brackets, and at brackets that enclose a whole list."""
    pieces: list[str] = []
    begin, enclosed_until = 0, -1
    pairs = _bracket_pairs(text)
    blend_ends = {end for start, end in pairs.items() if _is_blend(text[start + 1 : end])}
    for position, character in enumerate(text):
        end = pairs.get(position, -1)
        if end in blend_ends or position in blend_ends or (character == "," and position > enclosed_until):
            pieces.append(text[begin:position])
            begin = position + 1
        else:
            enclosed_until = max(enclosed_until, end)
    return [*pieces, text[begin:]]


def _bracket_pairs(text: str) -> dict[int, int]:
    """Position of each opening bracket -> position of its closing one; brackets without a partner are left out."""
    opened: list[int] = []
    pairs: dict[int, int] = {}
    for position, character in enumerate(text):
        if character in "([{":
            opened.append(position)
        elif character in ")]}" and opened:
            pairs[opened.pop()] = position
    return pairs


def _is_blend(content: str) -> bool:
    return len(content) > LONGEST_SYNONYM and content.count(",") > 1


def _clean_name(chunk: str) -> str:
    """The bare name in a chunk; empty if there is none."""
    chunk = chunk.replace(SHIELDED_COMMA, ",").strip()
    label, colon, rest = chunk.rpartition(":")
    if colon and not (label[-1:].isdigit() and rest[:1].isdigit()):
        chunk = label if "%" in label or AMOUNT.match(rest.strip()) else rest
    chunk = AMOUNT.sub(" ", chunk)
    if _is_prose(chunk):
        return ""
    name = re.sub(r"^\s*and\s", "", MARKS.sub("", _drop_lone_brackets(chunk)), flags=re.IGNORECASE)
    name = re.sub(r"\s+", " ", name).strip(EDGES)
    encloses_all = _bracket_pairs(name).get(0) == len(name) - 1
    return name[1:-1].strip(EDGES) if encloses_all else name


def _drop_lone_brackets(text: str) -> str:
    pairs = _bracket_pairs(text)
    matched = {*pairs, *pairs.values()}
    return "".join(sign for position, sign in enumerate(text) if sign not in "()[]{}" or position in matched)
