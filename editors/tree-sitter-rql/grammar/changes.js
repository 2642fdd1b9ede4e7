// INSERT, UPDATE, DELETE and MERGE.

const { kw, any, comma, parens } = require('./words');

module.exports = {
  _change: ($) => prec.right(seq(optional($.with), choice($.insert, $.update, $.delete, $.merge))),

  insert: ($) =>
    prec.right(seq(
      $._insert_word,
      $.name,
      optional(seq(kw('AS'), field('alias', $._ident))),
      repeat($._insert_part),
      choice($._query, seq(kw('DEFAULT VALUES'), repeat(choice($.on_conflict, $.on_duplicate_key, $.returning)))),
    )),
  _insert_word: ($) =>
    seq(choice(seq(kw('INSERT'), optional(choice($._instead, kw('IGNORE')))), kw('REPLACE')), optional(kw('INTO'))),
  _insert_part: ($) =>
    choice($.insert_columns, any('BY NAME', 'OVERRIDING SYSTEM VALUE', 'OVERRIDING USER VALUE')),
  _instead: () => any('OR REPLACE', 'OR IGNORE', 'OR ABORT', 'OR ROLLBACK', 'OR FAIL'),
  insert_columns: ($) => parens(comma(choice($.target, seq($.template, optional($.target))))),
  target: ($) => seq($.name, repeat(choice(seq('[', $._slice, ']'), $.template))),

  on_conflict: ($) =>
    prec.right(seq(
      kw('ON CONFLICT'),
      repeat(choice(seq(kw('ON CONSTRAINT'), $._ident), parens(comma($.order_item)), $.where)),
      choice(kw('DO NOTHING'), seq(kw('DO UPDATE SET'), $._assignments, optional($.where))),
    )),
  on_duplicate_key: ($) => prec.right(seq(kw('ON DUPLICATE KEY UPDATE'), $._assignments)),
  returning: ($) => prec.right(seq(kw('RETURNING'), comma($.select_item))),

  update: ($) =>
    prec.right(seq(
      kw('UPDATE'),
      optional($._instead),
      $._from_item,
      kw('SET'),
      $._assignments,
      repeat(choice($._clause, $.template)),
    )),
  _assignments: ($) => prec.right(comma(choice($.assignment, seq(repeat1($.template), optional($.assignment))))),
  assignment: ($) => seq(choice($.target, parens(comma($.target))), '=', $._expression),

  delete: ($) =>
    prec.right(seq(
      kw('DELETE FROM'),
      $.relation,
      optional(seq(kw('USING'), comma($._from_item))),
      repeat(choice($._clause, $.template)),
    )),

  merge: ($) =>
    prec.right(seq(
      kw('MERGE INTO'),
      $.relation,
      kw('USING'),
      $.relation,
      choice($.on, $.using),
      repeat1($.merge_branch),
      optional($.returning),
    )),
  merge_branch: ($) =>
    seq(
      kw('WHEN'),
      $._match,
      optional(seq(kw('AND'), $._expression)),
      kw('THEN'),
      $._merge_action,
    ),
  _match: () => any('MATCHED', 'NOT MATCHED', 'NOT MATCHED BY SOURCE', 'NOT MATCHED BY TARGET'),
  _merge_action: ($) =>
    choice(
      any('DO NOTHING', 'DELETE', 'INSERT DEFAULT VALUES'),
      seq(kw('UPDATE SET'), $._assignments),
      seq(kw('INSERT'), optional($.insert_columns), kw('VALUES'), parens(comma($._expression))),
    ),
};
