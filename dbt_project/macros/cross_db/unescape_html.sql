{#- Text with its HTML entities resolved, once: named (&amp; &eacute;), decimal (&#39;) and hexadecimal (&#x27;).
    An entity that is unknown or without its semicolon stays as it is. Numbers 128 to 159 mean the characters of
    Windows-1252, as in every browser, because that is what the pages they come from meant. A no-break blank becomes
    a blank. Text without "&" is not looked at further, so the price is paid by the few rows that need it. -#}
{% macro unescape_html(expr) -%}
    {{ return(adapter.dispatch('unescape_html')(expr)) }}
{%- endmacro %}

{% macro default__unescape_html(expr) -%}
    {%- set text = "cast(" ~ expr ~ " as varchar)" -%}
    case
        when coalesce(strpos({{ text }}, '&'), 0) = 0 then {{ text }}
        when not regexp_matches({{ text }}, '&#?[a-zA-Z0-9]+;') then {{ text }}
        else array_to_string(
            list_transform(
                regexp_extract_all({{ text }}, '&#[0-9]{1,7};|&#[xX][0-9a-fA-F]{1,6};|&[a-zA-Z][a-zA-Z0-9]*;|[^&]+|&'),
                lambda piece: case
                    when left(piece, 1) != '&' or right(piece, 1) != ';' then piece
                    when substr(piece, 2, 1) != '#'
                        then coalesce({{ _html_named_characters() }}[substr(piece, 2, length(piece) - 2)], piece)
                    when lower(substr(piece, 3, 1)) = 'x'
                        then {{ _html_numbered_character("cast('0x' || substr(piece, 4, length(piece) - 4) as integer)") }}
                    else {{ _html_numbered_character("cast(substr(piece, 3, length(piece) - 3) as integer)") }}
                end
            ),
            ''
        )
    end
{%- endmacro %}

{% macro _html_numbered_character(code) -%}
    case
        when {{ code }} = 160 then ' '
        when {{ code }} between 128 and 159
            then substr('€?‚ƒ„…†‡ˆ‰Š‹Œ?Ž??‘’“”•–—˜™š›œ?žŸ', {{ code }} - 127, 1)
        when {{ code }} between 1 and 55295 or {{ code }} between 57344 and 1114111 then chr({{ code }})
        else piece
    end
{%- endmacro %}

{#- The entities of HTML 4 that occur in product texts: the markup characters, typography, currencies and the
    letters of Latin-1 (whose codes run in the order given). -#}
{% macro _html_named_characters() -%}
    {%- set characters = {
        'amp': '&', 'lt': '<', 'gt': '>', 'quot': '"', 'apos': "''", 'nbsp': ' ', 'ensp': ' ', 'emsp': ' ', 'thinsp': ' ',
        'ndash': '–', 'mdash': '—', 'lsquo': '‘', 'rsquo': '’', 'sbquo': '‚', 'ldquo': '“', 'rdquo': '”', 'bdquo': '„',
        'bull': '•', 'hellip': '…', 'prime': '′', 'Prime': '″', 'lsaquo': '‹', 'rsaquo': '›', 'trade': '™', 'euro': '€',
        'times': '×', 'divide': '÷', 'minus': '−', 'le': '≤', 'ge': '≥', 'alpha': 'α', 'beta': 'β', 'gamma': 'γ',
        'OElig': 'Œ', 'oelig': 'œ', 'Scaron': 'Š', 'scaron': 'š', 'Yuml': 'Ÿ', 'fnof': 'ƒ', 'circ': 'ˆ', 'tilde': '˜',
        'iexcl': '¡', 'cent': '¢', 'pound': '£', 'curren': '¤', 'yen': '¥', 'brvbar': '¦', 'sect': '§', 'uml': '¨',
        'copy': '©', 'ordf': 'ª', 'laquo': '«', 'not': '¬', 'shy': '', 'reg': '®', 'macr': '¯', 'deg': '°',
        'plusmn': '±', 'sup2': '²', 'sup3': '³', 'acute': '´', 'micro': 'µ', 'para': '¶', 'middot': '·', 'cedil': '¸',
        'sup1': '¹', 'ordm': 'º', 'raquo': '»', 'frac14': '¼', 'frac12': '½', 'frac34': '¾', 'iquest': '¿',
        'szlig': 'ß', 'yuml': 'ÿ', 'ETH': 'Ð', 'eth': 'ð', 'THORN': 'Þ', 'thorn': 'þ',
        'Agrave': 'À', 'Aacute': 'Á', 'Acirc': 'Â', 'Atilde': 'Ã', 'Auml': 'Ä', 'Aring': 'Å', 'AElig': 'Æ',
        'Ccedil': 'Ç', 'Egrave': 'È', 'Eacute': 'É', 'Ecirc': 'Ê', 'Euml': 'Ë', 'Igrave': 'Ì', 'Iacute': 'Í',
        'Icirc': 'Î', 'Iuml': 'Ï', 'Ntilde': 'Ñ', 'Ograve': 'Ò', 'Oacute': 'Ó', 'Ocirc': 'Ô', 'Otilde': 'Õ',
        'Ouml': 'Ö', 'Oslash': 'Ø', 'Ugrave': 'Ù', 'Uacute': 'Ú', 'Ucirc': 'Û', 'Uuml': 'Ü', 'Yacute': 'Ý',
        'agrave': 'à', 'aacute': 'á', 'acirc': 'â', 'atilde': 'ã', 'auml': 'ä', 'aring': 'å', 'aelig': 'æ',
        'ccedil': 'ç', 'egrave': 'è', 'eacute': 'é', 'ecirc': 'ê', 'euml': 'ë', 'igrave': 'ì', 'iacute': 'í',
        'icirc': 'î', 'iuml': 'ï', 'ntilde': 'ñ', 'ograve': 'ò', 'oacute': 'ó', 'ocirc': 'ô', 'otilde': 'õ',
        'ouml': 'ö', 'oslash': 'ø', 'ugrave': 'ù', 'uacute': 'ú', 'ucirc': 'û', 'uuml': 'ü', 'yacute': 'ý',
    } -%}
    map {
    {%- for name, character in characters.items() -%}
        '{{ name }}': '{{ character }}'{{ ', ' if not loop.last }}
    {%- endfor -%}
    }
{%- endmacro %}
