// `data-key` names the key of a button, a field or a choice: `alt+h`, `ctrl+enter`, `1`, `?`. The keys stand on the page itself.
;(() => {
  const typingIn = element =>
    element.matches('textarea, select, input:not([type="radio"], [type="checkbox"], [type="button"])')

  function nameOf(event) {
    const key = event.code.startsWith('Key') ? event.code.slice(3).toLowerCase() : event.key.toLowerCase()
    return `${event.ctrlKey || event.metaKey ? 'ctrl+' : ''}${event.altKey ? 'alt+' : ''}${key}`
  }

  document.addEventListener('keydown', event => {
    if (event.isComposing || event.repeat) return
    const name = nameOf(event)
    const plain = !event.ctrlKey && !event.altKey && !event.metaKey
    if (plain && (typingIn(event.target) || document.querySelector('dialog[open], :popover-open'))) return
    const wanted = document.querySelector(`[data-key="${CSS.escape(name)}"]:not(:disabled)`)
    if (!wanted || wanted.closest('[hidden]')) return
    event.preventDefault()
    if (wanted.matches('input[type="radio"]')) {
      wanted.focus()
      wanted.click()
    } else if (wanted.matches('input, textarea')) wanted.focus()
    else wanted.click()
  })
})()
