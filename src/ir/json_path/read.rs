//! The grammar of paths, as PostgreSQL's `jsonpath_gram.y` has it.

use super::token::{Lexer, Token};
use super::{Chain, Comparison, Condition, JsonPath, LEAVES, Method, NoPath, Operator, Step};

type Res<T> = Result<T, NoPath>;

/// Steps and operators that go on from each other: who follows a path needs stack for each.
const DEEPEST: usize = 300;

/// What a bracket, a sign or a subscript counts: to be read it needs stack for each rule of the grammar.
const BRACKET: usize = 6;

/// The methods of later servers, and the one that reads texts as dates.
const FOREIGN: &[&str] = &[
    "bigint",
    "boolean",
    "btrim",
    "date",
    "datetime",
    "decimal",
    "initcap",
    "integer",
    "lower",
    "ltrim",
    "number",
    "replace",
    "rtrim",
    "split_part",
    "string",
    "time",
    "time_tz",
    "timestamp",
    "timestamp_tz",
    "upper",
];

/// What stands at a place where both may stand.
enum Part {
    Value(Chain),
    Truth(Condition),
}

pub(super) fn path(text: &str) -> Res<JsonPath> {
    let mut reader = Reader {
        text,
        lexer: Lexer::of(text),
        token: Token::End,
        at: 0,
        depth: 0,
        filters: 0,
        subscripts: 0,
        foreign: None,
    };
    reader.advance()?;
    let strict = reader.is_word("strict");
    if strict || reader.is_word("lax") {
        reader.advance()?;
    }
    let chain = match reader.either()? {
        Part::Value(chain) => chain,
        Part::Truth(condition) => vec![Step::Condition(Box::new(condition))],
    };
    match reader.token {
        Token::End => Ok(JsonPath {
            strict,
            chain,
            foreign: reader.foreign,
        }),
        _ => Err(reader.unexpected()),
    }
}

struct Reader<'t> {
    text: &'t str,
    lexer: Lexer<'t>,
    /// The next word.
    token: Token,
    /// Where it begins.
    at: usize,
    depth: usize,
    /// How many filters and subscripts are around.
    filters: usize,
    subscripts: usize,
    foreign: Option<String>,
}

impl Reader<'_> {
    fn advance(&mut self) -> Res<Token> {
        let (at, next) = self.lexer.next()?;
        self.at = at;
        Ok(core::mem::replace(&mut self.token, next))
    }

    fn wrong(&self, message: impl Into<String>) -> NoPath {
        NoPath {
            at: self.at,
            message: message.into(),
        }
    }

    fn unexpected(&self) -> NoPath {
        let rest = self.text[self.at..].split_whitespace().next();
        match (&self.token, rest) {
            (Token::End, _) | (_, None) => self.wrong("syntax error at the end of the path"),
            (Token::Symbol(symbol), _) => {
                self.wrong(format!("syntax error at or near \"{symbol}\""))
            }
            (_, Some(word)) => self.wrong(format!("syntax error at or near \"{word}\"")),
        }
    }

    fn is(&self, symbol: &str) -> bool {
        matches!(self.token, Token::Symbol(found) if found == symbol)
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(&self.token, Token::Word(found) if found.eq_ignore_ascii_case(word))
    }

    fn take(&mut self, symbol: &str) -> Res<bool> {
        let found = self.is(symbol);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    fn want(&mut self, symbol: &str) -> Res<()> {
        match self.take(symbol)? {
            true => Ok(()),
            false => Err(self.unexpected()),
        }
    }

    fn want_word(&mut self, word: &str) -> Res<()> {
        if !self.is_word(word) {
            return Err(self.unexpected());
        }
        self.advance().map(|_| ())
    }

    fn want_text(&mut self) -> Res<String> {
        match self.token {
            Token::Text(_) => match self.advance()? {
                Token::Text(text) => Ok(text),
                _ => Ok(String::new()),
            },
            _ => Err(self.unexpected()),
        }
    }

    fn deeper(&mut self, by: usize) -> Res<()> {
        self.depth += by;
        match self.depth > DEEPEST {
            true => Err(self.wrong("the path is nested too deeply")),
            false => Ok(()),
        }
    }

    /// What is read here counts again for what stands beside it, no longer behind it.
    fn within<T>(&mut self, read: impl FnOnce(&mut Self) -> Res<T>) -> Res<T> {
        let before = self.depth;
        self.deeper(BRACKET)?;
        let read = read(self);
        self.depth = before;
        read
    }

    fn value(&mut self) -> Res<Chain> {
        match self.within(Self::sum)? {
            Part::Value(chain) => Ok(chain),
            Part::Truth(_) => Err(self.unexpected()),
        }
    }

    fn condition(&mut self) -> Res<Condition> {
        match self.either()? {
            Part::Truth(condition) => Ok(condition),
            Part::Value(_) => Err(self.unexpected()),
        }
    }

    fn either(&mut self) -> Res<Part> {
        self.within(|this| {
            let joined = |a, b| Condition::Or(Box::new(a), Box::new(b));
            this.joined("||", joined, |this| {
                let joined = |a, b| Condition::And(Box::new(a), Box::new(b));
                this.joined("&&", joined, Self::truth)
            })
        })
    }

    fn joined(
        &mut self,
        by: &str,
        join: impl Fn(Condition, Condition) -> Condition,
        operand: impl Fn(&mut Self) -> Res<Part>,
    ) -> Res<Part> {
        let mut left = operand(self)?;
        while self.is(by) {
            let Part::Truth(first) = left else {
                return Err(self.unexpected());
            };
            self.deeper(1)?;
            self.advance()?;
            let Part::Truth(second) = operand(self)? else {
                return Err(self.unexpected());
            };
            left = Part::Truth(join(first, second));
        }
        Ok(left)
    }

    fn truth(&mut self) -> Res<Part> {
        if self.take("!")? {
            let inner = if self.is_word("exists") {
                self.exists()?
            } else {
                self.want("(")?;
                let inner = self.condition()?;
                self.want(")")?;
                inner
            };
            return Ok(Part::Truth(Condition::Not(Box::new(inner))));
        }
        let left = match self.sum()? {
            Part::Value(left) => left,
            truth => return Ok(truth),
        };
        if self.is_word("starts") {
            self.advance()?;
            self.want_word("with")?;
            let by = match &self.token {
                Token::Text(text) => Step::Text(text.clone()),
                Token::Variable(name) => Step::Variable(name.clone()),
                _ => return Err(self.unexpected()),
            };
            self.advance()?;
            return Ok(Part::Truth(Condition::StartsWith(left, vec![by])));
        }
        if self.is_word("like_regex") {
            return self.like_regex(left);
        }
        let comparison = match self.token {
            Token::Symbol("==") => Comparison::Equal,
            Token::Symbol("!=" | "<>") => Comparison::NotEqual,
            Token::Symbol("<") => Comparison::Less,
            Token::Symbol("<=") => Comparison::LessOrEqual,
            Token::Symbol(">") => Comparison::Greater,
            Token::Symbol(">=") => Comparison::GreaterOrEqual,
            _ => return Ok(Part::Value(left)),
        };
        self.advance()?;
        let right = self.value()?;
        Ok(Part::Truth(Condition::Compare(comparison, left, right)))
    }

    fn like_regex(&mut self, of: Chain) -> Res<Part> {
        self.advance()?;
        let pattern = self.want_text()?;
        let mut flags = String::new();
        if self.is_word("flag") {
            self.advance()?;
            let at = self.at;
            flags = self.want_text()?;
            let wrong = |message: String| NoPath { at, message };
            if let Some(other) = flags.chars().find(|flag| !"imqsx".contains(*flag)) {
                let what = "unrecognized flag character";
                return Err(wrong(format!("{what} \"{other}\" in LIKE_REGEX predicate")));
            }
            if flags.contains('x') && !flags.contains('q') {
                let what = "XQuery \"x\" flag (expanded regular expressions) is not implemented";
                return Err(wrong(what.into()));
            }
        }
        Ok(Part::Truth(Condition::LikeRegex { of, pattern, flags }))
    }

    fn exists(&mut self) -> Res<Condition> {
        self.advance()?;
        self.want("(")?;
        let of = self.value()?;
        self.want(")")?;
        Ok(Condition::Exists(of))
    }

    fn sum(&mut self) -> Res<Part> {
        let operators = [("+", Operator::Add), ("-", Operator::Subtract)];
        self.computed(&operators, Self::product)
    }

    fn product(&mut self) -> Res<Part> {
        let operators = [
            ("*", Operator::Multiply),
            ("/", Operator::Divide),
            ("%", Operator::Modulo),
        ];
        self.computed(&operators, Self::signed)
    }

    fn computed(
        &mut self,
        operators: &[(&str, Operator)],
        operand: impl Fn(&mut Self) -> Res<Part>,
    ) -> Res<Part> {
        let mut left = operand(self)?;
        while let Some(&(_, operator)) = operators.iter().find(|operator| self.is(operator.0)) {
            let Part::Value(first) = left else {
                return Err(self.unexpected());
            };
            self.deeper(1)?;
            self.advance()?;
            let Part::Value(second) = operand(self)? else {
                return Err(self.unexpected());
            };
            left = Part::Value(vec![Step::Arithmetic(operator, first, second)]);
        }
        Ok(left)
    }

    fn signed(&mut self) -> Res<Part> {
        if !(self.is("-") || self.is("+")) {
            return self.primary();
        }
        let minus = self.is("-");
        self.advance()?;
        match self.within(Self::signed)? {
            Part::Value(of) => Ok(Part::Value(vec![Step::Sign { minus, of }])),
            Part::Truth(_) => Err(self.unexpected()),
        }
    }

    fn primary(&mut self) -> Res<Part> {
        if self.take("(")? {
            let inner = self.either()?;
            self.want(")")?;
            let mut chain = match inner {
                Part::Value(chain) => chain,
                Part::Truth(inner) if self.is_word("is") => {
                    self.advance()?;
                    self.want_word("unknown")?;
                    return Ok(Part::Truth(Condition::IsUnknown(Box::new(inner))));
                }
                Part::Truth(inner) if self.is(".") || self.is("[") || self.is("?") => {
                    vec![Step::Condition(Box::new(inner))]
                }
                truth => return Ok(truth),
            };
            self.accessors(&mut chain)?;
            return Ok(Part::Value(chain));
        }
        if self.is_word("exists") {
            return self.exists().map(Part::Truth);
        }
        let first = match &self.token {
            Token::Symbol("$") => Step::Root,
            Token::Symbol("@") if self.filters > 0 => Step::Current,
            Token::Symbol("@") => return Err(self.wrong("@ is not allowed in root expressions")),
            Token::Word(word) if word == "null" => Step::Null,
            Token::Word(word) if word == "true" => Step::Boolean(true),
            Token::Word(word) if word == "false" => Step::Boolean(false),
            Token::Word(word) if word.eq_ignore_ascii_case("last") => match self.subscripts {
                0 => return Err(self.wrong("LAST is allowed only in array subscripts")),
                _ => Step::Last,
            },
            Token::Text(text) => Step::Text(text.clone()),
            Token::Variable(name) => Step::Variable(name.clone()),
            Token::Integer(number) | Token::Decimal(number) => Step::Number(number.clone()),
            Token::Newer(number) => {
                self.foreign.get_or_insert_with(|| number.clone());
                Step::Foreign
            }
            _ => return Err(self.unexpected()),
        };
        self.advance()?;
        let mut chain = vec![first];
        self.accessors(&mut chain)?;
        Ok(Part::Value(chain))
    }

    fn accessors(&mut self, chain: &mut Chain) -> Res<()> {
        loop {
            let step = if self.take(".")? {
                self.behind_dot()?
            } else if self.take("[")? {
                self.subscripts()?
            } else if self.take("?")? {
                self.want("(")?;
                self.filters += 1;
                let condition = self.condition();
                self.filters -= 1;
                let condition = condition?;
                self.want(")")?;
                Step::Filter(Box::new(condition))
            } else {
                return Ok(());
            };
            self.deeper(1)?;
            chain.push(step);
        }
    }

    fn behind_dot(&mut self) -> Res<Step> {
        if self.take("*")? {
            return Ok(Step::AnyMember);
        }
        if self.take("**")? {
            let (mut first, mut last) = (0, LEAVES);
            if self.take("{")? {
                first = self.level()?;
                last = first;
                if self.is_word("to") {
                    self.advance()?;
                    last = self.level()?;
                }
                self.want("}")?;
            }
            return Ok(Step::Descend { first, last });
        }
        let name = match &self.token {
            Token::Text(name) => {
                let name = name.clone();
                self.advance()?;
                return Ok(Step::Member(name));
            }
            Token::Word(name) => name.clone(),
            _ => return Err(self.unexpected()),
        };
        self.advance()?;
        if !self.is("(") {
            return Ok(Step::Member(name));
        }
        let method = Method::named(&name);
        let foreign = FOREIGN
            .iter()
            .find(|known| known.eq_ignore_ascii_case(&name));
        if method.is_none() && foreign.is_none() {
            return Err(self.unexpected());
        }
        self.advance()?;
        let step = match (method, foreign) {
            (Some(method), _) => Step::Method(method),
            (None, foreign) => {
                let foreign = foreign.copied().unwrap_or_default();
                self.foreign.get_or_insert_with(|| format!(".{foreign}()"));
                let given = |token: &Token| {
                    matches!(
                        token,
                        Token::Text(_) | Token::Integer(_) | Token::Symbol("," | "+" | "-")
                    )
                };
                while given(&self.token) {
                    self.advance()?;
                }
                Step::Foreign
            }
        };
        self.want(")")?;
        Ok(step)
    }

    fn level(&mut self) -> Res<u32> {
        let level = match &self.token {
            Token::Integer(digits) => match digits.parse::<i32>() {
                Ok(level) => level.unsigned_abs(),
                Err(_) => {
                    let message = format!("value \"{digits}\" is out of range for type integer");
                    return Err(self.wrong(message));
                }
            },
            _ if self.is_word("last") => LEAVES,
            _ => return Err(self.unexpected()),
        };
        self.advance()?;
        Ok(level)
    }

    fn subscripts(&mut self) -> Res<Step> {
        if self.take("*")? {
            self.want("]")?;
            return Ok(Step::Elements);
        }
        self.subscripts += 1;
        let mut all = Vec::new();
        loop {
            let from = self.value()?;
            let to = if self.is_word("to") {
                self.advance()?;
                Some(self.value()?)
            } else {
                None
            };
            all.push((from, to));
            if !self.take(",")? {
                break;
            }
        }
        self.subscripts -= 1;
        self.want("]")?;
        Ok(Step::Subscripts(all))
    }
}
