-- RQL for Neovim, 0.7 and later: a language server for each project, and a command that runs the statement at the cursor.

local M = {
  -- What the server is started with; `require('rql').cmd = { … }` names another program or a database.
  cmd = { 'rqlc', 'lsp' },
}

local clients = {}

local function root(buffer)
  local file = vim.api.nvim_buf_get_name(buffer)
  local folder = vim.fn.fnamemodify(file, ':p:h')
  local found = vim.fn.findfile('noctra.toml', folder .. ';')
  return found ~= '' and vim.fn.fnamemodify(found, ':p:h') or folder
end

-- Gives the buffer the server of its project, which is started where there is none yet.
function M.attach(buffer)
  buffer = buffer == 0 and vim.api.nvim_get_current_buf() or buffer
  local folder = root(buffer)
  local client = clients[folder]
  if not client or vim.lsp.client_is_stopped(client) then
    client = vim.lsp.start_client({ name = 'rql', cmd = M.cmd, root_dir = folder })
    clients[folder] = client
  end
  if client then
    vim.lsp.buf_attach_client(buffer, client)
    vim.bo[buffer].omnifunc = 'v:lua.vim.lsp.omnifunc'
  end
end

-- What the server's command says of the statements that the lines touch, in a window below.
local function show(command, first, last)
  local range = {
    start = { line = first - 1, character = 0 },
    ['end'] = { line = last - 1, character = first == last and 0 or #vim.fn.getline(last) },
  }
  local arguments = { vim.uri_from_bufnr(0), range }
  vim.lsp.buf_request(0, 'workspace/executeCommand', { command = command, arguments = arguments }, function(wrong, result)
    local text = wrong and wrong.message or result
    vim.cmd('botright new')
    vim.bo.buftype = 'nofile'
    vim.bo.bufhidden = 'wipe'
    vim.api.nvim_buf_set_lines(0, 0, -1, false, vim.split(text, '\n'))
  end)
end

-- Runs the statements that the lines touch.
function M.run(first, last)
  show('rql.run', first, last)
end

-- Says where the columns of the query at the cursor come from.
function M.lineage()
  local line = vim.fn.line('.')
  show('rql.lineage', line, line)
end

vim.api.nvim_create_user_command('RqlLineage', M.lineage, {})
vim.api.nvim_create_user_command('RqlRun', function(given)
  M.run(given.line1, given.line2)
end, { range = true })

return M
