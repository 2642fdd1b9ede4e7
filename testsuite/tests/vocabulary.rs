//! What PostgreSQL has and RQL does not, by a real server's own catalog: what nobody has decided about is shown.

use noctra_test_servers::Postgres;
use postgres::{Client, NoTls};
use rql::function::entries;
use std::collections::BTreeSet;

/// The types that RQL has, and those that stand for any of them.
const TYPES: &str = "'{bool,int2,int4,int8,numeric,float4,float8,text,varchar,bpchar,bytea,date,time,timestamp,timestamptz,\
interval,uuid,json,jsonb,record,anyelement,anyarray,anycompatible,anycompatiblearray,anynonarray,anycompatiblenonarray,\
\"\\\"any\\\"\",void,name,regclass,oid,_text,_int4,_int8,_numeric,_float8,_bool,_date,_timestamp,_name,\"\\\"char\\\"\"}'::regtype[]";

/// Functions that are called by their names: none that stands behind an operator, a cast, an aggregate, a type or an index.
const FUNCTIONS: &str = "\
SELECT DISTINCT p.proname::text FROM pg_proc p \
WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind IN ('f', 'a', 'w') \
AND p.proargtypes::oid[] <@ ({types})::oid[] AND p.prorettype = ANY (({types})::oid[]) \
AND NOT EXISTS (SELECT FROM pg_operator o WHERE p.oid IN (o.oprcode, o.oprrest, o.oprjoin)) \
AND NOT EXISTS (SELECT FROM pg_aggregate a WHERE p.oid IN (a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggserialfn, \
a.aggdeserialfn, a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn)) \
AND NOT EXISTS (SELECT FROM pg_amproc a WHERE p.oid = a.amproc) \
AND NOT EXISTS (SELECT FROM pg_cast c WHERE p.oid = c.castfunc) \
AND NOT EXISTS (SELECT FROM pg_type t WHERE p.oid IN (t.typinput, t.typoutput, t.typreceive, t.typsend, t.typmodin, \
t.typmodout, t.typanalyze)) \
AND NOT EXISTS (SELECT FROM pg_conversion c WHERE p.oid = c.conproc) \
AND NOT EXISTS (SELECT FROM pg_proc s WHERE p.oid = s.prosupport)";

const OPERATORS: &str = "\
SELECT DISTINCT oprname::text FROM pg_operator \
WHERE (oprleft = 0 OR oprleft = ANY (({types})::oid[])) AND oprright = ANY (({types})::oid[])";

/// Names with `*` for any letters.
fn fits(pattern: &str, name: &str) -> bool {
    // `*<` is an operator.
    if !name.starts_with(char::is_alphabetic) || !pattern.contains('*') {
        return pattern == name;
    }
    let mut pieces = pattern.split('*');
    let (first, mut rest) = match pieces
        .next()
        .and_then(|first| Some((first, name.strip_prefix(first)?)))
    {
        Some(found) => found,
        None => return false,
    };
    let pieces: Vec<&str> = pieces.collect();
    let Some((last, between)) = pieces.split_last() else {
        return first == name;
    };
    for piece in between {
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// A server of PostgreSQL, where one can be started, and a client of it.
fn postgresql() -> Result<Option<(Postgres, Client)>, Box<dyn std::error::Error>> {
    let server = match Postgres::start() {
        Ok(server) => server,
        Err(why) => {
            println!("NOT RUN: {why}");
            return Ok(None);
        }
    };
    let client = Client::connect(&server.url(), NoTls)?;
    Ok(Some((server, client)))
}

#[test]
fn what_postgresql_has_is_known_or_left_out() -> Result<(), Box<dyn std::error::Error>> {
    let Some((_server, mut client)) = postgresql()? else {
        return Ok(());
    };
    let mut all = BTreeSet::new();
    for question in [FUNCTIONS, OPERATORS] {
        for row in client.query(&question.replace("{types}", TYPES), &[])? {
            all.insert(row.try_get::<_, String>(0)?);
        }
    }
    let known: BTreeSet<&str> = entries().flat_map(|entry| entry.names).copied().collect();
    let list = include_str!("../left_out.txt").lines();
    let list = list.filter(|line| !line.starts_with(['#', '[']));
    let patterns: Vec<&str> = list.flat_map(str::split_whitespace).collect();
    let named = |name: &str| patterns.iter().any(|pattern| fits(pattern, name));
    let undecided: Vec<_> = all
        .iter()
        .filter(|name| !known.contains(&***name) && !named(name))
        .collect();
    assert!(
        undecided.is_empty(),
        "neither known nor left out: {undecided:?}"
    );
    let idle: Vec<_> = patterns
        .iter()
        .filter(|pattern| {
            let mut there = all.iter().filter(|name| !known.contains(&***name));
            !there.any(|name| fits(pattern, name))
        })
        .collect();
    assert!(
        idle.is_empty(),
        "left out, and known or not there: {idle:?}"
    );
    let count = all.iter().filter(|name| known.contains(&***name)).count();
    println!(
        "{} names of PostgreSQL: {count} known, {} left out",
        all.len(),
        all.len() - count
    );
    Ok(())
}

#[test]
fn zones_are_postgresqls() -> Result<(), Box<dyn std::error::Error>> {
    let Some((_server, mut client)) = postgresql()? else {
        return Ok(());
    };
    let sql = "SELECT abbrev, extract(epoch FROM utc_offset)::int4 FROM pg_timezone_abbrevs \
         ORDER BY abbrev COLLATE \"C\"";
    let theirs = client.query(sql, &[])?;
    assert_eq!(theirs.len(), rql::ZONE_ABBREVIATIONS.len());
    for (row, (name, meaning)) in theirs.iter().zip(rql::ZONE_ABBREVIATIONS) {
        assert_eq!(row.get::<_, &str>(0), *name);
        // What follows a zone is so many seconds today.
        if let rql::Abbreviation::Fixed(seconds) = meaning {
            assert_eq!(row.get::<_, i32>(1), *seconds, "{name}");
        }
    }
    let sql = "SELECT name FROM pg_timezone_names WHERE name !~ '^GMT|^(localtime|posixrules|Factory)$' \
         AND name !~ '^(posix|right)/'";
    for row in client.query(sql, &[])? {
        let name: &str = row.get(0);
        let known = rql::is_zone_name(name) || rql::zone_abbreviation(name).is_some();
        assert!(known, "{name}");
    }
    Ok(())
}
