-- What a buffer of RQL has: comments, the tree's colours where the parser is built, the language server.

vim.bo.commentstring = '-- %s'
vim.bo.comments = 's1:/*,mb:*,ex:*/,:--'

-- Without parser/rql.so the words of SQL are coloured.
local has_parser = pcall(vim.treesitter.get_parser, 0, 'rql')
if has_parser and vim.treesitter.start then
  vim.treesitter.start(0, 'rql')
elseif has_parser then
  local files = vim.treesitter.query.get_query_files('rql', 'highlights')
  if #files > 0 then
    require('vim.treesitter.highlighter').new(vim.treesitter.get_parser(0, 'rql'))
  end
else
  vim.bo.syntax = 'sql'
end

require('rql').attach(0)
