//! Text and bytes.

use crate::Func;
use crate::function::words::*;

rows! { TEXT_ROWS: Func, Text {
    Concat ["||"] "text || text → text" Strict [],
        Infix("||", 7) [W, N, N, U, W, U],
        "both, one behind the other; also of a text and any value", "'n = ' || 42" = "n = 42";
    Upper ["upper"] Strict [sig(&[T], TEXT)],
        Call("upper") [R("rql_upper"), W, N, U, W, U],
        "text in upper case", "upper('größe')" = "GRÖßE";
    Lower ["lower"] Strict [sig(&[T], TEXT)],
        Call("lower") [R("rql_lower"), N, N, U, W, U],
        "text in lower case", "lower('GRÖSSE')" = "grösse";
    Initcap ["initcap"] Strict [sig(&[T], TEXT)],
        Call("initcap") [R("rql_initcap"), W, N, U, W, U],
        "first letter of each word in upper case", "initcap('hello, WIDE world')" = "\"Hello, Wide World\"";
    Length ["length", "char_length", "character_length"] Strict [sig(&[T], INT4)],
        Call("length") [N, N, N, U, Named("char_length"), U],
        "number of characters", "length('größe')" = "5";
    BlobLength ["length"] Strict [sig(&[BY], INT4)],
        Call("length") [N, Named("octet_length"), N, U, Named("length"), U],
        "number of bytes", "length('\\x00ff'::bytea)" = "2";
    OctetLength ["octet_length"] Strict [sig(&[T], INT4), sig(&[BY], INT4)],
        Call("octet_length") [R("rql_octet_length"), W, N, U, Named("length"), U],
        "number of bytes", "octet_length('größe')" = "7";
    BitLength ["bit_length"] Strict [sig(&[T], INT4), sig(&[BY], INT4)],
        Call("bit_length") [R("rql_bit_length"), W, N, U, Named("bit_length"), U],
        "number of bits", "bit_length('ö')" = "16";
    Substr ["substr", "substring"] Strict [sig(&[T, I4], TEXT), sig(&[T, I4, I4], TEXT)],
        Call("substr") [W, W, N, U, W, U],
        "characters from a position, so many", "substr('größe', 2, 3)" = "röß";
    SubstringRegex ["substring"] Sometimes [sig(&[T, T], TEXT)],
        Call("substring") [R("rql_substring_regex"), W, N, U, W, U],
        "what a regular expression matches", "substring('order 66' FROM '[0-9]+')" = "66";
    Left ["left"] Strict [sig(&[T, I4], TEXT)],
        Call("left") [R("rql_left"), N, N, U, W, U],
        "first characters; less than none leaves so many out at the end", "left('größe', -2)" = "grö";
    Right ["right"] Strict [sig(&[T, I4], TEXT)],
        Call("right") [R("rql_right"), N, N, U, W, U],
        "last characters; less than none leaves so many out at the start", "right('größe', 3)" = "öße";
    Trim ["btrim", "trim"] Strict [sig(&[T], TEXT), sig(&[T, T], TEXT)],
        Call("btrim") [Named("trim"), Named("trim"), N, U, W, U],
        "text without some characters at both ends", "btrim('xxaxy', 'xy')" = "a";
    Ltrim ["ltrim"] Strict [sig(&[T], TEXT), sig(&[T, T], TEXT)],
        Call("ltrim") [N, N, N, U, W, U],
        "text without some characters at its start", "ltrim('xxay', 'xy')" = "ay";
    Rtrim ["rtrim"] Strict [sig(&[T], TEXT), sig(&[T, T], TEXT)],
        Call("rtrim") [N, N, N, U, W, U],
        "text without some characters at its end", "rtrim('xayx', 'xy')" = "xa";
    Lpad ["lpad"] Strict [sig(&[T, I4], TEXT), sig(&[T, I4, T], TEXT)],
        Call("lpad") [R("rql_lpad"), W, N, U, W, U],
        "text filled at its start to a length", "lpad('7', 3, '0')" = "007";
    Rpad ["rpad"] Strict [sig(&[T, I4], TEXT), sig(&[T, I4, T], TEXT)],
        Call("rpad") [R("rql_rpad"), W, N, U, W, U],
        "text filled at its end to a length", "rpad('größe', 7, '.')" = "größe..";
    Repeat ["repeat"] Strict [sig(&[T, I4], TEXT)],
        Call("repeat") [R("rql_repeat"), W, N, U, N, U],
        "text so many times", "repeat('ab', 3)" = "ababab";
    Replace ["replace"] Strict [sig(&[T, T, T], TEXT)],
        Call("replace") [W, N, N, U, W, U],
        "text with one piece for another", "replace('a-b-c', '-', '+')" = "a+b+c";
    Translate ["translate"] Strict [sig(&[T, T, T], TEXT)],
        Call("translate") [R("rql_translate"), N, N, U, W, U],
        "text with characters for others", "translate('12345', '143', 'ax')" = "a2x5";
    Reverse ["reverse"] Strict [sig(&[T], TEXT)],
        Call("reverse") [R("rql_reverse"), W, N, U, N, U],
        "text from its end", "reverse('größe')" = "eßörg";
    Strpos ["strpos"] Strict [sig(&[T, T], INT4)],
        Call("strpos") [Named("instr"), N, N, U, Named("instr"), U],
        "where a text stands in another; else 0", "strpos('größe', 'ß')" = "4";
    SplitPart ["split_part"] Strict [sig(&[T, T, I4], TEXT)],
        Call("split_part") [R("rql_split_part"), W, N, U, W, U],
        "the n-th piece between separators; from the end where negative",
        "split_part('a,b,c', ',', -1)" = "c";
    Overlay ["overlay"] "overlay(text PLACING text FROM integer [FOR integer]) → text" Strict [
        sig(&[T, T, I4], TEXT), sig(&[T, T, I4, I4], TEXT),
    ],
        Special(20) [R("rql_overlay"), W, N, U, W, U],
        "text with another in the place of some characters",
        "overlay('Txxxxas' PLACING 'hom' FROM 2 FOR 4)" = "Thomas";
    ConcatAll ["concat"] Never [many(&[ANY], TEXT)],
        Call("concat") [W, W, N, U, W, U],
        "all arguments as text, without NULLs", "concat('a', NULL, 1, true)" = "a1t";
    ConcatWs ["concat_ws"] Sometimes [many(&[T, ANY], TEXT)],
        Call("concat_ws") [W, W, N, U, W, U],
        "all arguments but NULLs, with a separator", "concat_ws(', ', 'a', NULL, 'b')" = "\"a, b\"";
    Format ["format"] Sometimes [sig(&[T], TEXT), many(&[T, ANY], TEXT)],
        Call("format") [W, W, N, U, W, U],
        "text with values in the places of %s, %I and %L",
        "format('%s costs %s', 'Tea', 4.20)" = "Tea costs 4.20";
    Chr ["chr"] Strict [sig(&[I4], TEXT)],
        Call("chr") [R("rql_chr"), W, N, U, W, U],
        "the character of a code point", "chr(246)" = "ö";
    Ascii ["ascii"] Strict [sig(&[T], INT4)],
        Call("ascii") [R("rql_ascii"), N, N, U, W, U],
        "the code point of the first character", "ascii('ö')" = "246";
    Md5 ["md5"] Strict [sig(&[T], TEXT), sig(&[BY], TEXT)],
        Call("md5") [R("rql_md5"), N, N, U, N, U],
        "MD5 hash as hexadecimal text", "md5('größe')" = "fdbb3a56280acfa9031707622c599ccb";
    ToHex ["to_hex"] Strict [sig(&[I4], TEXT), sig(&[I8], TEXT)],
        Call("to_hex") [W, W, N, U, W, U],
        "hexadecimal text", "to_hex(-1)" = "ffffffff";
    Encode ["encode"] Strict [sig(&[BY, T], TEXT)],
        Call("encode") [R("rql_encode"), W, N, U, W, U],
        "bytes as hex, base64 or escape", "encode('\\x00ff'::bytea, 'hex')" = "00ff";
    Decode ["decode"] Strict [sig(&[T, T], BYTEA)],
        Call("decode") [R("rql_decode"), W, N, U, W, U],
        "bytes of hex, base64 or escape", "decode('00ff', 'hex')" = "\\x00ff";
    QuoteLiteral ["quote_literal"] Strict [sig(&[T], TEXT)],
        Call("quote_literal") [R("rql_quote_literal"), W, N, U, W, U],
        "text as a literal", "quote_literal('it''s')" = "'it''s'";
    QuoteIdent ["quote_ident"] Strict [sig(&[T], TEXT)],
        Call("quote_ident") [R("rql_quote_ident"), W, N, U, W, U],
        "text as a name, quoted where it must be", "quote_ident('Order Details')" = "\"\"\"Order Details\"\"\"";
    QuoteNullable ["quote_nullable"] Never [sig(&[T], TEXT)],
        Call("quote_nullable") [R("rql_quote_nullable"), W, N, U, W, U],
        "text as a literal, or the word NULL", "quote_nullable(NULL)" = "\"NULL\"";
    Sha224 ["sha224"] Strict [sig(&[BY], BYTEA)],
        Call("sha224") [W, X, N, U, W, U],
        "SHA-224 hash", "encode(sha224('abc'::bytea), 'hex')"
            = "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7";
    Sha256 ["sha256"] Strict [sig(&[BY], BYTEA)],
        Call("sha256") [W, W, N, U, W, U],
        "SHA-256 hash", "encode(sha256('abc'::bytea), 'hex')"
            = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    Sha384 ["sha384"] Strict [sig(&[BY], BYTEA)],
        Call("sha384") [W, X, N, U, W, U],
        "SHA-384 hash", "length(sha384('abc'::bytea))" = "48";
    Sha512 ["sha512"] Strict [sig(&[BY], BYTEA)],
        Call("sha512") [W, X, N, U, W, U],
        "SHA-512 hash", "length(sha512('abc'::bytea))" = "64";
    ToNumber ["to_number"] Strict [sig(&[T, T], NUM)],
        Call("to_number") [R("rql_to_number"), X, N, U, X, U],
        "the number of a text of a form", "to_number('1,234.50', '9,999.99')" = "1234.50";
}}
