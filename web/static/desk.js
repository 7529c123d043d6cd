// The agent's desk: the title says that a call is there, the form shows what the outcome asks for, wrap-up puts the cursor in it, and no part that is
// painted anew loses the focus. Of drafts see drafts.js.
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

  // Where the focus was: a part that is painted anew may not have that control any more, or has it under another id.
  let last = null
  desk.addEventListener('focusin', ({ target }) => {
    const { id, dataset } = target
    const part = target.closest('#desk-notice, #state-bar, #call-bar, #who, #say, #write')
    last = { element: target, id, part: part?.id ?? '', key: dataset.key ?? '', stays: dataset.stays ?? '' }
  })

  // Else whoever uses the keys would begin at the top of the page, and a screen reader would say nothing.
  function hold() {
    const now = document.activeElement
    // What was hidden or disabled keeps the focus until the browser draws.
    if (last === null || (now !== document.body && now !== last.element)) return
    const { element, id, part, key, stays } = last
    if (element.isConnected && !element.disabled && element.checkVisibility()) return
    const within = document.getElementById(part)
    const same =
      (id && document.getElementById(id)) ||
      (stays && within?.querySelector(`[data-stays="${CSS.escape(stays)}"]`)) ||
      (key && within?.querySelector(`[data-key="${CSS.escape(key)}"]:not(:disabled)`))
    // A column is a third of the window: its heading says as well where one is.
    const heading = within?.querySelector('h2[tabindex]')
    for (const place of [same, heading, within, document.getElementById('main')])
      if (place && !place.disabled && place.checkVisibility()) return place.focus({ preventScroll: true })
  }

  // What was refused is where one goes on.
  function correct({ detail: { ctx } }) {
    if (ctx?.response?.status !== 422) return
    const wrong = desk.querySelector('form.write [aria-invalid="true"]:not(:disabled)')
    const first = wrong?.matches('fieldset') ? wrong.querySelector('input') : wrong
    first?.focus()
  }

  // What a popover was opened for has come: whoever uses the keys is in it at once.
  function enter() {
    const open = document.querySelector('#pass-on:popover-open, #pick-ups:popover-open')
    if (open && !open.contains(document.activeElement)) open.querySelector('select, input, button')?.focus()
  }

  // A form that is gone tells nobody of the swap that took it away: what changed on the desk is watched besides.
  function painted() {
    shape()
    enter()
    notice()
    hold()
  }
  document.addEventListener('htmx:after:swap', event => {
    painted()
    correct(event)
  })
  new MutationObserver(painted).observe(desk, { childList: true, subtree: true })
  shape()
  notice()
})()
