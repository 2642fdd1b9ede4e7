// How words, lists and templates are written: what the chapters of the grammar have in common.

// A keyword in any case; in the tree it has its name in capitals.
const word = (text) =>
  alias(new RegExp([...text].map((c) => (/[A-Z]/.test(c) ? `[${c}${c.toLowerCase()}]` : c)).join('')), text);

// Several keywords in a row: kw('GROUP BY').
const kw = (phrase) => {
  const words = phrase.split(' ').map(word);
  return words.length === 1 ? words[0] : seq(...words);
};

// Any of several phrases.
const any = (...phrases) => choice(...phrases.map(kw));

// Items apart from one another by commas.
const comma = (item) => seq(item, repeat(seq(',', item)));

const parens = (item) => seq('(', item, ')');

// How tightly operators bind, from the loosest (src/ast/ops.rs has the same table).
const bind = {
  or: 1,
  and: 2,
  not: 3,
  is: 4,
  comparison: 5,
  matching: 6,
  other: 7,
  additive: 8,
  multiplicative: 9,
  power: 10,
  zone: 11,
  collate: 12,
  sign: 13,
  postfix: 14,
};

// `{{#if c}} … {{else}} … {{/if}}` around whatever a place is made of.
const guarded = ($, content) =>
  seq(field('guard', $.template_tag), content, optional(seq($.template_else, content)), $.template_end);

module.exports = { word, kw, any, comma, parens, bind, guarded };
