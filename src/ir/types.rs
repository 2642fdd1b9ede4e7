//! The types of RQL.

use core::fmt;

/// A type. Cheap to copy; modifiers that only restrict stored values (`VARCHAR(n)`) are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Type {
    /// Not known: an open catalog, a parameter before its context, NULL.
    #[default]
    Unknown,
    /// BOOLEAN.
    Boolean,
    /// SMALLINT, 16 bits.
    SmallInt,
    /// INTEGER, 32 bits.
    Integer,
    /// BIGINT, 64 bits.
    BigInt,
    /// DECIMAL: `scale` is `None` where each value has its own, as in PostgreSQL's bare `numeric`.
    Decimal {
        /// Most digits in all, where bounded.
        precision: Option<u8>,
        /// Digits after the point, where fixed.
        scale: Option<u8>,
    },
    /// REAL, 32 bits.
    Real,
    /// DOUBLE PRECISION, 64 bits.
    Double,
    /// TEXT.
    Text,
    /// VARCHAR(n).
    Varchar(u32),
    /// CHAR(n).
    Char(u32),
    /// BLOB.
    Blob,
    /// DATE.
    Date,
    /// TIME.
    Time,
    /// TIMESTAMP.
    Timestamp,
    /// TIMESTAMP WITH TIME ZONE.
    TimestampTz,
    /// INTERVAL.
    Interval,
    /// UUID.
    Uuid,
    /// JSON, as it was written.
    Json,
    /// PostgreSQL's JSONB: what a document says, in a form of its own.
    Jsonb,
    /// An array of such elements, of any number of dimensions.
    Array(&'static Type),
    /// A row of values.
    Record,
}

impl Type {
    /// A decimal whose values have each their own scale.
    pub const NUMERIC: Self = Self::Decimal {
        precision: None,
        scale: None,
    };

    /// The names that people write, for "did you mean".
    pub(crate) const NAMES: &[&str] = &[
        "boolean",
        "smallint",
        "integer",
        "bigint",
        "decimal",
        "numeric",
        "real",
        "double",
        "text",
        "varchar",
        "char",
        "blob",
        "date",
        "time",
        "timestamp",
        "timestamptz",
        "interval",
        "uuid",
        "json",
        "jsonb",
    ];

    /// Reads a declared type as any supported backend writes it (`NVARCHAR(120)`, `timestamp with
    /// time zone`); what is not known is [`Type::Unknown`].
    #[must_use]
    pub fn from_declared(text: &str) -> Self {
        if let Some((element, _)) = text.split_once('[') {
            return match Self::from_declared(element) {
                Self::Unknown => Self::Unknown,
                element => element.array(),
            };
        }
        let lower = text.trim().to_ascii_lowercase();
        let (name, rest) = lower.split_once('(').unwrap_or((&lower, ""));
        let (inside, after) = rest.split_once(')').unwrap_or((rest, ""));
        let name = format!("{} {}", name.trim(), after.trim());
        let args: Vec<u32> = inside
            .split(',')
            .filter_map(|arg| arg.trim().parse().ok())
            .collect();
        let first = args.first().copied();
        match name.trim() {
            "boolean" | "bool" | "bit" => Self::Boolean,
            "smallint" | "int2" | "tinyint" | "smallserial" => Self::SmallInt,
            "integer" | "int" | "int4" | "mediumint" | "serial" => Self::Integer,
            "bigint" | "int8" | "big int" | "bigserial" => Self::BigInt,
            "decimal" | "numeric" | "dec" | "number" | "decimal text" => Self::Decimal {
                precision: first.and_then(|p| u8::try_from(p).ok()),
                scale: first.map(|_| args.get(1).and_then(|&s| u8::try_from(s).ok()).unwrap_or(0)),
            },
            "money" => Self::Decimal {
                precision: None,
                scale: Some(2),
            },
            "real" | "float4" => Self::Real,
            "double" | "double precision" | "float" | "float8" => Self::Double,
            "text" | "clob" | "string" | "longtext" | "mediumtext" | "tinytext" | "ntext" => {
                Self::Text
            }
            "varchar" | "nvarchar" | "character varying" | "varying character" | "varchar2" => {
                first.map_or(Self::Text, Self::Varchar)
            }
            "char" | "character" | "nchar" | "bpchar" | "native character" => {
                Self::Char(first.unwrap_or(1))
            }
            "blob" | "bytea" | "binary" | "varbinary" | "image" | "longblob" => Self::Blob,
            "date" => Self::Date,
            "time" | "time without time zone" => Self::Time,
            "timestamp" | "datetime" | "timestamp without time zone" => Self::Timestamp,
            "timestamptz" | "timestamp with time zone" => Self::TimestampTz,
            "interval" => Self::Interval,
            "uuid" => Self::Uuid,
            "json" | "json text" => Self::Json,
            "jsonb" | "jsonb text" => Self::Jsonb,
            _ => Self::Unknown,
        }
    }

    /// The array of such elements; their precision and length are not kept, a length is 0 there.
    #[must_use]
    pub const fn array(self) -> Self {
        Self::Array(match self {
            Self::Boolean => &Self::Boolean,
            Self::SmallInt => &Self::SmallInt,
            Self::Integer => &Self::Integer,
            Self::BigInt => &Self::BigInt,
            Self::Decimal { .. } => &Self::NUMERIC,
            Self::Real => &Self::Real,
            Self::Double => &Self::Double,
            Self::Text => &Self::Text,
            Self::Varchar(_) => &Self::Varchar(0),
            Self::Char(_) => &Self::Char(0),
            Self::Blob => &Self::Blob,
            Self::Date => &Self::Date,
            Self::Time => &Self::Time,
            Self::Timestamp => &Self::Timestamp,
            Self::TimestampTz => &Self::TimestampTz,
            Self::Interval => &Self::Interval,
            Self::Uuid => &Self::Uuid,
            Self::Json => &Self::Json,
            Self::Jsonb => &Self::Jsonb,
            Self::Array(element) => element,
            Self::Record => &Self::Record,
            Self::Unknown => &Self::Unknown,
        })
    }

    /// SMALLINT, INTEGER or BIGINT.
    #[must_use]
    pub const fn is_integer(self) -> bool {
        matches!(self, Self::SmallInt | Self::Integer | Self::BigInt)
    }

    /// DECIMAL.
    #[must_use]
    pub const fn is_decimal(self) -> bool {
        matches!(self, Self::Decimal { .. })
    }

    /// DECIMAL of which equal values may be written differently, or 64 bits do not hold the digits.
    #[must_use]
    pub fn is_wide_decimal(self) -> bool {
        match self {
            Self::Decimal { precision, scale } => {
                scale.is_none_or(|s| s > 12) || precision.is_some_and(|p| p > 18)
            }
            _ => false,
        }
    }

    /// The type in which a function passes a value of this one on: PostgreSQL forgets the precision, but that of digits
    /// which 64 bits do not hold, which says how they are kept.
    #[must_use]
    pub fn passed_on(self) -> Self {
        match self {
            Self::Decimal { scale, .. } if !self.is_wide_decimal() => Self::Decimal {
                precision: None,
                scale,
            },
            ty => ty,
        }
    }

    /// Numbers of which a few thousand may make more than 64 bits hold, though each of them fits.
    #[must_use]
    pub fn adds_up_wide(self) -> bool {
        match self {
            Self::Decimal { precision, scale } if !self.is_wide_decimal() => {
                precision.map_or(scale >= Some(6), |precision| precision > 15)
            }
            _ => self == Self::BigInt,
        }
    }

    /// REAL or DOUBLE.
    #[must_use]
    pub const fn is_float(self) -> bool {
        matches!(self, Self::Real | Self::Double)
    }

    /// Any number.
    #[must_use]
    pub const fn is_number(self) -> bool {
        self.is_integer() || self.is_decimal() || self.is_float()
    }

    /// TEXT, VARCHAR or CHAR.
    #[must_use]
    pub const fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::Varchar(_) | Self::Char(_))
    }

    /// JSON or JSONB.
    #[must_use]
    pub const fn is_document(self) -> bool {
        matches!(self, Self::Json | Self::Jsonb)
    }

    /// DATE, TIMESTAMP or TIMESTAMPTZ.
    #[must_use]
    pub const fn is_moment(self) -> bool {
        matches!(self, Self::Date | Self::Timestamp | Self::TimestampTz)
    }

    /// Digits after the point where every value has the same number: integers have none.
    #[must_use]
    pub const fn scale(self) -> Option<u8> {
        match self {
            Self::SmallInt | Self::Integer | Self::BigInt => Some(0),
            Self::Decimal { scale, .. } => scale,
            _ => None,
        }
    }

    /// True where values of both are kept alike: texts, whatever their lengths, and arrays of texts.
    #[must_use]
    pub fn is_like(self, other: Self) -> bool {
        match (self, other) {
            (Self::Array(a), Self::Array(b)) => a.is_like(*b),
            (a, b) => a == b || a.is_text() && b.is_text(),
        }
    }

    /// True where CAST converts a value to another type (PostgreSQL's `pg_cast`).
    #[must_use]
    pub fn casts_to(self, to: Self) -> bool {
        use Type as T;
        if self == to || self == T::Unknown || self.is_text() || to.is_text() {
            return self != T::Record || to.is_text();
        }
        match (self, to) {
            (a, b) if a.is_number() && b.is_number() => true,
            (a, b) if a.is_moment() && b.is_moment() => true,
            (T::Boolean, T::Integer) | (T::Integer, T::Boolean) => true,
            (T::Timestamp | T::TimestampTz | T::Interval, T::Time) => true,
            (T::Time, T::Interval) => true,
            (T::Json, T::Jsonb) | (T::Jsonb, T::Json | T::Boolean) => true,
            (T::Jsonb, b) => b.is_number(),
            (T::Array(a), T::Array(b)) => a.casts_to(*b),
            _ => false,
        }
    }

    /// The type that both sides of an operator, or all branches of a CASE, come to, as PostgreSQL
    /// finds it (manual, 10.5); `None` where there is none.
    #[must_use]
    pub fn unify(self, other: Self) -> Option<Self> {
        match (self, other) {
            (a, b) if a == b => Some(a),
            (Self::Unknown, b) => Some(b),
            (a, Self::Unknown) => Some(a),
            (a, b) if a.is_text() && b.is_text() => Some(Self::Text),
            (a, b) if a.is_number() && b.is_number() => Some(Self::wider(a, b)),
            (Self::Array(a), Self::Array(b)) => a.unify_elements(*b).map(Self::array),
            (Self::TimestampTz, b) | (b, Self::TimestampTz) if b.is_moment() => {
                Some(Self::TimestampTz)
            }
            (a, b) if a.is_moment() && b.is_moment() => Some(Self::Timestamp),
            _ => None,
        }
    }

    /// The type in which the two are compared: there is no comparison of a real and an exact number, of doubles there is.
    #[must_use]
    pub fn unify_compared(self, other: Self) -> Option<Self> {
        let exact = |ty: Self| ty.is_number() && !ty.is_float();
        match self.unify(other)? {
            Self::Real if exact(self) || exact(other) => Some(Self::Double),
            both => Some(both),
        }
    }

    /// [`Self::unify`] of what becomes elements of an array, where it is to be seen of which texts the first is.
    pub(crate) fn unify_elements(self, other: Self) -> Option<Self> {
        match self.is_text() && other.is_text() {
            true => Some(self),
            false => self.unify(other),
        }
    }

    fn wider(a: Self, b: Self) -> Self {
        let rank = |ty| match ty {
            Self::SmallInt => 0,
            Self::Integer => 1,
            Self::BigInt => 2,
            Self::Decimal { .. } => 3,
            Self::Real => 4,
            _ => 5,
        };
        // A decimal beside a real is one.
        if (a.is_decimal() || b.is_decimal()) && !a.is_float() && !b.is_float() {
            // What may have more digits than 64 bits hold keeps the scale of each value.
            let wide = |ty| matches!(ty, Self::Decimal { precision: Some(p), .. } if p > 18);
            let long = |a, b: Self| a == Self::BigInt && b.scale().is_some_and(|s| s > 3);
            if wide(a) || wide(b) || long(a, b) || long(b, a) {
                return Self::NUMERIC;
            }
            let scale = a.scale().zip(b.scale()).map(|(a, b)| a.max(b));
            return Self::Decimal {
                precision: None,
                scale,
            };
        }
        if rank(a) >= rank(b) { a } else { b }
    }
}

/// The canonical spelling, which is PostgreSQL's.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Decimal {
                precision: Some(p),
                scale,
            } => return write!(f, "numeric({p},{})", scale.unwrap_or(0)),
            Self::Varchar(0) => "varchar",
            Self::Char(0) => "bpchar",
            Self::Varchar(n) => return write!(f, "varchar({n})"),
            Self::Char(n) => return write!(f, "char({n})"),
            Self::Unknown => "unknown",
            Self::Boolean => "boolean",
            Self::SmallInt => "smallint",
            Self::Integer => "integer",
            Self::BigInt => "bigint",
            Self::Decimal { .. } => "numeric",
            Self::Real => "real",
            Self::Double => "double precision",
            Self::Text => "text",
            Self::Blob => "bytea",
            Self::Date => "date",
            Self::Time => "time",
            Self::Timestamp => "timestamp",
            Self::TimestampTz => "timestamptz",
            Self::Interval => "interval",
            Self::Uuid => "uuid",
            Self::Json => "json",
            Self::Jsonb => "jsonb",
            Self::Record => "record",
            Self::Array(element) => return write!(f, "{element}[]"),
        };
        f.write_str(text)
    }
}
