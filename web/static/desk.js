// The agent's desk: the title says that a call is there, the form shows what the outcome asks for, and wrap-up puts the cursor in it. Of drafts see drafts.js.
;(() => {
  const desk = document.querySelector('.desk')
  const title = document.title
  let phase = ''

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

  desk.addEventListener('input', event => {
    if (event.target.name === 'code') shape()
  })
  desk.addEventListener('desk:draft', shape) // drafts.js filled fields in

  // What a popover was opened for has come: whoever uses the keys is in it at once.
  function enter() {
    const open = document.querySelector('#pass-on:popover-open, #pick-ups:popover-open')
    if (open && !open.contains(document.activeElement)) open.querySelector('select, input, button')?.focus()
  }

  document.addEventListener('htmx:after:swap', () => {
    shape()
    enter()
    notice()
  })
  shape()
  notice()
})()
