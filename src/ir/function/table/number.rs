//! Numbers.

use crate::Func;
use crate::function::words::*;

/// Arithmetic between integers of each pair of widths, doubles, and decimals by a rule.
macro_rules! arithmetic {
    ($decimal:expr) => {
        [
            sig(&[I4, I4], INT4),
            sig(&[I8, I8], INT8),
            sig(&[F8, F8], FLOAT8),
            sig(&[D10, D10], $decimal),
            sig(&[I2, I2], INT2),
            sig(&[I2, I4], INT4),
            sig(&[I4, I2], INT4),
            sig(&[I2, I8], INT8),
            sig(&[I8, I2], INT8),
            sig(&[I4, I8], INT8),
            sig(&[I8, I4], INT8),
            sig(&[F4, F4], FLOAT4),
            sig(&[F4, F8], FLOAT8),
            sig(&[F8, F4], FLOAT8),
        ]
    };
}

/// The same operation on integers of each width.
macro_rules! integers {
    () => {
        [
            sig(&[I4, I4], INT4),
            sig(&[I8, I8], INT8),
            sig(&[I2, I2], INT2),
        ]
    };
}

/// One number in, the same type out.
macro_rules! number {
    () => {
        [
            sig(&[I4], INT4),
            sig(&[I8], INT8),
            sig(&[F8], FLOAT8),
            sig(&[D10], LIKE),
            sig(&[I2], INT2),
            sig(&[F4], FLOAT4),
        ]
    };
}

/// A function of doubles.
macro_rules! double {
    () => {
        [sig(&[F8], FLOAT8)]
    };
}

rows! { NUMBER_ROWS: Func, Number {
    Add ["+"] Strict arithmetic!(MAX),
        Infix("+", 8) [W, N, N, U, W, U],
        "sum; the larger number of digits behind the point", "1 + 2.50" = "3.50";
    Sub ["-"] Strict arithmetic!(MAX),
        Infix("-", 8) [W, N, N, U, W, U],
        "difference", "1 - 2.5" = "-1.5";
    Mul ["*"] Strict arithmetic!(SUM),
        Infix("*", 9) [W, N, N, U, W, U],
        "product; as many digits behind the point as both have", "1.5 * 1.50" = "2.250";
    Div ["/"] Strict arithmetic!(NUM),
        Infix("/", 9) [W, W, N, U, W, U],
        "quotient; of integers without its rest, towards zero", "-7 / 2" = "-3";
    Mod ["%", "mod"] Strict [
        sig(&[I4, I4], INT4), sig(&[I8, I8], INT8), sig(&[I2, I2], INT2), sig(&[D10, D10], MAX),
    ],
        Infix("%", 9) [W, W, N, U, W, U],
        "rest of a division, of the dividend's sign", "-7 % 3" = "-1";
    Neg ["-"] Strict number!(),
        Prefix("-", 12) [W, N, N, U, W, U],
        "negation", "-x FROM (VALUES (3)) AS t(x)" = "-3";
    Plus ["+"] Strict number!(),
        Prefix("+", 12) [W, W, W, U, W, U],
        "the number itself", "+ x FROM (VALUES (3)) AS t(x)" = "3";
    Power ["^", "power", "pow"] Strict [sig(&[F8, F8], FLOAT8), sig(&[D10, D10], NUM)],
        Infix("^", 11) [W, W, N, U, W, U],
        "a to the power of b", "2 ^ 10" = "1024";
    BitAnd ["&"] Strict integers!(),
        Infix("&", 7) [N, N, N, U, W, U],
        "bits of both", "12 & 10" = "8";
    BitOr ["|"] Strict integers!(),
        Infix("|", 7) [N, N, N, U, W, U],
        "bits of either", "12 | 10" = "14";
    BitXor ["#"] Strict integers!(),
        Infix("#", 7) [W, Named("xor"), N, U, W, U],
        "bits of one of them", "12 # 10" = "6";
    BitNot ["~"] Strict [sig(&[I4], INT4), sig(&[I8], INT8), sig(&[I2], INT2)],
        Prefix("~ ", 7) [W, N, N, U, W, U],
        "bits inverted", "~ 5" = "-6";
    ShiftLeft ["<<"] Strict [sig(&[I4, I4], INT4), sig(&[I8, I4], INT8), sig(&[I2, I4], INT2)],
        Infix("<<", 7) [W, W, N, U, W, U],
        "bits moved to the left", "1 << 4" = "16";
    ShiftRight [">>"] Strict [sig(&[I4, I4], INT4), sig(&[I8, I4], INT8), sig(&[I2, I4], INT2)],
        Infix(">>", 7) [W, W, N, U, W, U],
        "bits moved to the right", "-16 >> 2" = "-4";
    Abs ["abs", "@"] Strict number!(),
        Call("abs") [W, N, N, U, W, U],
        "absolute value", "abs(-2.5)" = "2.5";
    Ceil ["ceil", "ceiling"] Strict [sig(&[F8], FLOAT8), sig(&[D10], WHOLE)],
        Call("ceil") [W, W, N, U, W, U],
        "nearest whole number above", "ceil(-1.5)" = "-1";
    Floor ["floor"] Strict [sig(&[F8], FLOAT8), sig(&[D10], WHOLE)],
        Call("floor") [W, W, N, U, W, U],
        "nearest whole number below", "floor(-1.5)" = "-2";
    Round ["round"] Strict [sig(&[F8], FLOAT8), sig(&[D10], WHOLE), sig(&[D10, I4], DIGITS)],
        Call("round") [W, W, N, U, W, U],
        "nearest number of so many digits behind the point; halves of a decimal away from zero, of a double to even",
        "round(2.345, 2)" = "2.35";
    Trunc ["trunc"] Strict [sig(&[F8], FLOAT8), sig(&[D10], WHOLE), sig(&[D10, I4], DIGITS)],
        Call("trunc") [W, W, N, U, W, U],
        "number cut behind so many digits", "trunc(-2.789, 1)" = "-2.7";
    Sign ["sign"] Strict [sig(&[F8], FLOAT8), sig(&[D10], WHOLE)],
        Call("sign") [W, W, N, U, W, U],
        "-1, 0 or 1", "sign(-2.5)" = "-1";
    IntDiv ["div"] Strict [sig(&[D10, D10], WHOLE)],
        Call("div") [W, W, N, U, W, U],
        "whole quotient of decimals, towards zero", "div(-7.5, 2.0)" = "-3";
    Sqrt ["sqrt", "|/"] Strict [sig(&[F8], FLOAT8), sig(&[D10], NUM)],
        Call("sqrt") [W, N, N, U, W, U],
        "square root", "sqrt(2e0)" = "1.414213562373095";
    Cbrt ["cbrt", "||/"] Strict double!(),
        Call("cbrt") [R("rql_cbrt"), N, N, U, W, U],
        "cube root", "cbrt(8e0)" = "2";
    Exp ["exp"] Strict [sig(&[F8], FLOAT8), sig(&[D10], NUM)],
        Call("exp") [W, W, N, U, W, U],
        "e to the power of x", "exp(1e0)" = "2.7182818284590452";
    Ln ["ln"] Strict [sig(&[F8], FLOAT8), sig(&[D10], NUM)],
        Call("ln") [W, W, N, U, W, U],
        "natural logarithm", "ln(10e0)" = "2.3025850929940457";
    Log ["log", "log10"] Strict [sig(&[F8], FLOAT8), sig(&[D10], NUM)],
        Call("log") [W, W, N, U, Named("log10"), U],
        "logarithm to the base 10", "log(1000e0)" = "3.0000000000000000";
    LogBase ["log"] Strict [sig(&[D10, D10], NUM)],
        Call("log") [W, N, N, U, W, U],
        "logarithm to a base", "log(2.0, 64.0)" = "6.0000000000000000";
    Sin ["sin"] Strict double!(),
        Call("sin") [R("rql_sin"), N, N, U, N, U],
        "sine", "sin(0.5e0)" = "0.479425538604203";
    Cos ["cos"] Strict double!(),
        Call("cos") [R("rql_cos"), N, N, U, N, U],
        "cosine", "cos(0.5e0)" = "0.8775825618903728";
    Tan ["tan"] Strict double!(),
        Call("tan") [R("rql_tan"), N, N, U, N, U],
        "tangent", "tan(0.5e0)" = "0.5463024898437905";
    Cot ["cot"] Strict double!(),
        Call("cot") [R("rql_cot"), N, N, U, N, U],
        "cotangent", "cot(0.5e0)" = "1.830487721712452";
    Asin ["asin"] Strict double!(),
        Call("asin") [R("rql_asin"), N, N, U, W, U],
        "inverse sine", "asin(0.5e0)" = "0.5235987755982989";
    Acos ["acos"] Strict double!(),
        Call("acos") [R("rql_acos"), N, N, U, W, U],
        "inverse cosine", "acos(0.5e0)" = "1.0471975511965979";
    Atan ["atan"] Strict double!(),
        Call("atan") [R("rql_atan"), N, N, U, N, U],
        "inverse tangent", "atan(0.5e0)" = "0.4636476090008061";
    Atan2 ["atan2"] Strict [sig(&[F8, F8], FLOAT8)],
        Call("atan2") [R("rql_atan2"), N, N, U, N, U],
        "inverse tangent of a quotient, in its quadrant", "atan2(-1e0, -1e0)" = "-2.356194490192345";
    Sinh ["sinh"] Strict double!(),
        Call("sinh") [R("rql_sinh"), N, N, U, W, U],
        "hyperbolic sine", "sinh(0.5e0)" = "0.5210953054937474";
    Cosh ["cosh"] Strict double!(),
        Call("cosh") [R("rql_cosh"), N, N, U, W, U],
        "hyperbolic cosine", "cosh(0.5e0)" = "1.1276259652063807";
    Tanh ["tanh"] Strict double!(),
        Call("tanh") [R("rql_tanh"), N, N, U, W, U],
        "hyperbolic tangent", "tanh(0.5e0)" = "0.46211715726000974";
    Asinh ["asinh"] Strict double!(),
        Call("asinh") [R("rql_asinh"), N, N, U, X, U],
        "inverse hyperbolic sine", "asinh(0.5e0)" = "0.48121182505960347";
    Acosh ["acosh"] Strict double!(),
        Call("acosh") [R("rql_acosh"), W, N, U, X, U],
        "inverse hyperbolic cosine", "acosh(1.5e0)" = "0.9624236501192069";
    Atanh ["atanh"] Strict double!(),
        Call("atanh") [R("rql_atanh"), N, N, U, X, U],
        "inverse hyperbolic tangent", "atanh(0.5e0)" = "0.5493061443340548";
    Degrees ["degrees"] Strict double!(),
        Call("degrees") [R("rql_degrees"), N, N, U, N, U],
        "radians in degrees", "degrees(0.5e0)" = "28.64788975654116";
    Radians ["radians"] Strict double!(),
        Call("radians") [R("rql_radians"), N, N, U, N, U],
        "degrees in radians", "radians(45e0)" = "0.7853981633974483";
    Pi ["pi"] Strict [sig(&[], FLOAT8)],
        Call("pi") [R("rql_pi"), N, N, U, W, U],
        "the number pi", "pi()" = "3.141592653589793";
    Random ["random"] Never [sig(&[], FLOAT8)],
        Call("random") [R("rql_random"), N, N, U, W, U],
        "a random number from 0 to below 1", "random() BETWEEN 0 AND 1" = "t";
    Gcd ["gcd"] Strict [sig(&[I4, I4], INT4), sig(&[I8, I8], INT8)],
        Call("gcd") [W, W, N, U, W, U],
        "greatest common divisor", "gcd(-12, 18)" = "6";
    Lcm ["lcm"] Strict [sig(&[I4, I4], INT4), sig(&[I8, I8], INT8)],
        Call("lcm") [W, W, N, U, W, U],
        "least common multiple", "lcm(4, 6)" = "12";
    Factorial ["factorial"] Strict [sig(&[I8], LONG)],
        Call("factorial") [W, W, N, U, W, U],
        "product of 1 to n", "factorial(20)" = "2432902008176640000";
    WidthBucket ["width_bucket"] Strict [sig(&[F8, F8, F8, I4], INT4), sig(&[D10, D10, D10, I4], INT4)],
        Call("width_bucket") [W, W, N, U, W, U],
        "which of so many equal steps between two bounds; 0 before the first, one more behind the last",
        "width_bucket(5.35, 0.0, 10.0, 5)" = "3";
    Scale ["scale"] Strict [sig(&[D10], INT4)],
        Call("scale") [W, X, N, U, X, U],
        "number of digits behind the point", "scale(8.4100)" = "4";
    MinScale ["min_scale"] Strict [sig(&[D10], INT4)],
        Call("min_scale") [W, X, N, U, X, U],
        "number of digits behind the point that are needed", "min_scale(8.4100)" = "2";
    TrimScale ["trim_scale"] Strict [sig(&[D10], NUM)],
        Call("trim_scale") [W, X, N, U, X, U],
        "number without zeros at its end", "trim_scale(8.4100)" = "8.41";
}}
