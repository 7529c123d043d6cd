// The agent's desk: what is typed outlives a reload, the title says that a call is there, and wrap-up puts the cursor in the form.
;(() => {
  const prefix = 'switchroom.draft.'
  const keptMs = 2 * 86_400_000
  const desk = document.querySelector('.desk')
  const title = document.title
  let phase = ''

  const isDraft = element => element.id && element.closest('form.write')

  function keep(element) {
    const value = element.type === 'checkbox' || element.type === 'radio' ? element.checked : element.value
    if (element.type === 'radio')
      for (const other of element.form.elements[element.name] ?? []) localStorage.removeItem(prefix + other.id)
    try {
      localStorage.setItem(prefix + element.id, JSON.stringify({ value, at: Date.now() }))
    } catch {} // full or forbidden: the form still works
  }

  function restore() {
    for (const element of desk.querySelectorAll('form.write [id]')) {
      if (element.dataset.restored || !element.matches('input, textarea, select')) continue
      element.dataset.restored = 'true'
      const draft = localStorage.getItem(prefix + element.id)
      if (draft === null) continue
      const { value } = JSON.parse(draft)
      if (typeof value === 'boolean') element.checked = value
      else element.value = value
    }
  }

  // Parts of the form that the chosen outcome does not ask for are out of the way, and are not sent.
  function shape() {
    const form = desk.querySelector('form.write')
    if (!form) return
    const code = form.querySelector('input[name="code"]:checked')?.value ?? ''
    for (const part of form.querySelectorAll('[data-codes]')) {
      part.hidden = part.dataset.codes !== '' && !part.dataset.codes.split(' ').includes(code)
      for (const field of part.querySelectorAll('input, select, textarea')) field.disabled = part.hidden
    }
  }

  function forget(match) {
    for (const key of Object.keys(localStorage)) if (key.startsWith(prefix) && match(key)) localStorage.removeItem(key)
  }

  function notice() {
    const bar = document.getElementById('call-bar')
    if (!bar) return
    document.title = bar.dataset.title ? `${bar.dataset.title} · ${title}` : title
    const before = phase
    phase = bar.dataset.callPhase
    if (phase === before) return
    if (phase === 'ended' && before === 'talking') {
      const form = document.querySelector('form.write')
      if (form && !form.contains(document.activeElement))
        form.querySelector('input[name="code"]:checked, input[name="code"]')?.focus()
    }
  }

  // Another tab of the same desk: what is typed there stands here too.
  window.addEventListener('storage', event => {
    if (!event.key?.startsWith(prefix) || event.newValue === null) return
    const element = document.getElementById(event.key.slice(prefix.length))
    if (!element || !isDraft(element) || element === document.activeElement) return
    const { value } = JSON.parse(event.newValue)
    if (typeof value === 'boolean') element.checked = value
    else element.value = value
    shape()
  })

  desk.addEventListener('input', event => {
    if (isDraft(event.target)) keep(event.target)
    if (event.target.name === 'code') shape()
  })
  // What a popover was opened for has come: whoever uses the keys is in it at once.
  function enter() {
    const open = document.querySelector('#pass-on:popover-open, #pick-ups:popover-open')
    if (open && !open.contains(document.activeElement)) open.querySelector('select, input, button')?.focus()
  }

  document.addEventListener('htmx:after:swap', () => {
    restore()
    shape()
    enter()
    notice()
  })
  document.addEventListener('htmx:after:request', event => {
    const { sourceElement, response } = event.detail.ctx
    const call = sourceElement.dataset?.draft
    if (call && response?.status < 300) forget(key => key.includes(call))
  })

  forget(key => {
    try {
      return Date.now() - JSON.parse(localStorage.getItem(key)).at > keptMs
    } catch {
      return true
    }
  })
  restore()
  shape()
  notice()
})()
