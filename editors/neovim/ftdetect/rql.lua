vim.api.nvim_create_autocmd({ 'BufRead', 'BufNewFile' }, {
  pattern = '*.rql',
  callback = function()
    vim.bo.filetype = 'rql'
  end,
})
