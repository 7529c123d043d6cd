// `data-key` names the key of a button, a field or a choice: `alt+h`, `ctrl+enter`, `1`, `?`; `data-key-inside` one that counts while the popover
// around it is open. The keys stand on the page itself.
;(() => {
  const typingIn = element =>
    element.matches('textarea, select, input:not([type="radio"], [type="checkbox"], [type="button"])')

  // By the key's place where what it writes depends on Alt or on a method of input.
  function keyOf({ code, key, altKey }) {
    if (code.startsWith('Key')) return code.slice(3).toLowerCase()
    const digit = altKey || key === 'Process' ? /^Digit(\d)$/.exec(code) : null
    return digit === null ? key.toLowerCase() : digit[1]
  }

  function nameOf(event) {
    return `${event.ctrlKey || event.metaKey ? 'ctrl+' : ''}${event.altKey ? 'alt+' : ''}${keyOf(event)}`
  }

  // Whoever opened it by its key goes on with keys inside; closing it gives the focus back, as browsers do.
  function enter(button) {
    const opened = document.getElementById(button.getAttribute('popovertarget') ?? '')
    if (opened?.matches(':popover-open') && !opened.contains(document.activeElement))
      opened.querySelector('select, input, button')?.focus()
  }

  document.addEventListener('keydown', event => {
    if (event.isComposing || event.repeat) return
    const name = nameOf(event)
    const plain = !event.ctrlKey && !event.altKey && !event.metaKey
    const open = document.querySelector('dialog[open], :popover-open')
    if (plain && typingIn(event.target)) return
    const wanted =
      plain && open
        ? open.querySelector(`[data-key-inside="${CSS.escape(name)}"]:not(:disabled)`)
        : document.querySelector(`[data-key="${CSS.escape(name)}"]:not(:disabled)`)
    if (!wanted || wanted.closest('[hidden]')) return
    event.preventDefault()
    if (wanted.matches('input[type="radio"]')) {
      wanted.focus()
      wanted.click()
    } else if (wanted.matches('input, textarea')) wanted.focus()
    else {
      wanted.click()
      enter(wanted)
    }
  })
})()
