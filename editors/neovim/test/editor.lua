-- A real Neovim, a real server: what a user sees in a buffer of RQL. Run by test.sh; a failure ends with status 1.

local failures = 0
local function check(name, ok, seen)
  print((ok and 'ok   ' or 'FAIL ') .. name .. (ok and '' or ': ' .. vim.inspect(seen)) .. '\n')
  failures = failures + (ok and 0 or 1)
end

local function ask(method, params)
  local answers = vim.lsp.buf_request_sync(0, method, params, 20000) or {}
  for _, answer in pairs(answers) do
    return answer.result or answer.error
  end
end

local function at(line, character)
  return { textDocument = vim.lsp.util.make_text_document_params(), position = { line = line, character = character } }
end

vim.cmd('edit ' .. vim.env.RQL_TEST_FOLDER .. '/form.toml')
local formed = vim.wait(20000, function()
  return #vim.diagnostic.get(0) > 0
end)
local in_form = vim.diagnostic.get(0)[1] or {}
check('a form of TOML is looked at', formed and in_form.lnum == 3 and in_form.message:find('defalt') ~= nil, in_form)

vim.cmd('edit ' .. vim.env.RQL_TEST_FOLDER .. '/q.rql')
check('the kind of file', vim.bo.filetype == 'rql', vim.bo.filetype)

local attached = vim.wait(20000, function()
  local client = vim.lsp.buf_get_clients(0)
  for _, one in pairs(client) do
    return one.initialized
  end
end)
check('the server attaches', attached, vim.lsp.buf_get_clients(0))

local told = vim.wait(20000, function()
  return #vim.diagnostic.get(0) > 0
end)
local first = vim.diagnostic.get(0)[1] or {}
check('a mistake is shown where it is', told and first.lnum == 1 and first.message:find('naem') ~= nil, first)

vim.api.nvim_buf_set_lines(0, 1, 2, false, { 'SELECT name FROM people;' })
local gone = vim.wait(20000, function()
  return #vim.diagnostic.get(0) == 0
end)
check('and goes when it is mended', gone, vim.diagnostic.get(0))

vim.api.nvim_buf_set_lines(0, 1, 2, false, { 'SELECT  FROM people;' })
local labels = {}
local completed = ask('textDocument/completion', at(1, 7)) or {}
for _, item in ipairs(completed.items or completed) do
  labels[item.label] = true
end
check('columns are completed', labels.name and labels.born, vim.tbl_keys(labels))

local hover = ask('textDocument/hover', at(1, 14))
check('hover tells of a table', hover and vim.inspect(hover):find('people') ~= nil, hover)

vim.api.nvim_buf_set_lines(0, 1, 2, false, { 'SELECT name AS who FROM people;' })
local lineage = ask('workspace/executeCommand', {
  command = 'rql.lineage',
  arguments = { vim.uri_from_bufnr(0), { start = { line = 1, character = 0 }, ['end'] = { line = 1, character = 0 } } },
})
check('columns are followed', tostring(lineage):find('= people.name') ~= nil, lineage)

if pcall(vim.treesitter.get_parser, 0, 'rql') then
  vim.api.nvim_buf_set_lines(0, 0, -1, false, { 'SELECT a {{#if x}}, b {{/if}} FROM t -- end', 'CHART BAR;' })
  local parser = vim.treesitter.get_parser(0, 'rql')
  local tree = parser:parse()[1]:root()
  check('the tree has no mistake', not tree:has_error(), tree:sexpr())
  local query = vim.treesitter.query and vim.treesitter.query.get_query or vim.treesitter.get_query
  query = query('rql', 'highlights')
  local seen = {}
  for id, node in query:iter_captures(tree, 0, 0, 2) do
    local text = vim.treesitter.get_node_text and vim.treesitter.get_node_text(node, 0) or vim.treesitter.query.get_node_text(node, 0)
    seen[query.captures[id] .. ' ' .. text] = true
  end
  for _, wanted in ipairs({ 'keyword SELECT', 'comment -- end', 'keyword.directive {{/if}}', 'constant.builtin BAR' }) do
    check('coloured: ' .. wanted, seen[wanted], vim.tbl_keys(seen))
  end
  check('the buffer is coloured by it', vim.treesitter.highlighter.active[vim.api.nvim_get_current_buf()] ~= nil, 'no highlighter')
else
  print('NOT RUN: no parser/rql.so (scripts/tree-sitter.sh makes it)\n')
end

vim.api.nvim_buf_set_lines(0, 0, -1, false, { 'LET n = 20;', 'SELECT :n + 1 AS answer;' })
vim.api.nvim_win_set_cursor(0, { 2, 3 })
vim.cmd('RqlRun')
local ran = vim.wait(20000, function()
  return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n'):find('21') ~= nil
end)
check('the statement at the cursor runs', ran, vim.api.nvim_buf_get_lines(0, 0, -1, false))

if failures > 0 then
  vim.cmd('cquit 1')
end
vim.cmd('qa!')
