// What is typed on the desk outlives a reload, another tab, and the browser itself: kept at once in this browser and within a second on the server.
// Of what the server does not have yet this browser's stands; of all else the server's. `desk:draft` is told when fields were filled in. Forms of other
// pages (`data-drafts`: what they are about) are kept in this browser alone.
;(() => {
  const prefix = 'switchroom.draft.'
  const keptMs = 86_400_000
  const everyMs = 1_000
  const againMs = 5_000
  const desk = document.querySelector('.desk') ?? document.getElementById('main')
  const forms = 'form.write, form.answer, form[data-drafts]'
  const fields = 'input:not([type="hidden"]), textarea, select'
  const submittedKey = 'switchroom.submitted'
  const unsent = new Map() // field's id → value
  let unsentOf = '' // the call whose they are
  let timer = null
  let loaded = '' // the call whose draft was asked for

  const callNow = () => desk.querySelector('form.write')?.dataset.draft ?? ''
  const isDraft = element =>
    element.matches(fields) &&
    (element.id ? element.closest(forms) : element.name && element.closest('form[data-drafts]'))
  // Fields of a form with a subject are told from those of another subject, whatever their ids.
  const keyOf = element => {
    const about = element.closest('form[data-drafts]')?.dataset.drafts
    const id = element.id || `${element.name}.${element.value}`
    return about && !id.endsWith(about) ? `${id}-${about}` : id
  }
  const drafted = () =>
    [...desk.querySelectorAll(forms)].flatMap(form => [...form.querySelectorAll(fields)]).filter(isDraft)
  const elementOf = key => drafted().find(element => keyOf(element) === key)
  const isOfCall = element => element.closest('form[data-drafts]') === null
  const isTick = element => element.type === 'checkbox' || element.type === 'radio'
  const valueIn = element => (isTick(element) ? element.checked : element.value)

  function put(element, value) {
    if (typeof value === 'boolean') element.checked = value
    else element.value = value
  }

  function kept(id) {
    try {
      return JSON.parse(localStorage.getItem(prefix + id))
    } catch {
      return null
    }
  }

  // `base`: what the server had when this was typed over it; `tried`: what was sent there, and may have arrived.
  function note(id, value, sent, base = null, tried = null) {
    try {
      localStorage.setItem(prefix + id, JSON.stringify({ value, at: Date.now(), sent, base, tried }))
    } catch {} // full or forbidden: the form still works
  }

  function toSend(id, value) {
    if (unsentOf !== callNow()) unsent.clear()
    unsentOf = callNow()
    unsent.set(id, value)
    timer ??= setTimeout(send, everyMs)
  }

  function keep(element) {
    if (element.type === 'radio')
      for (const other of element.form.elements[element.name] ?? []) {
        if (other === element) continue
        localStorage.removeItem(prefix + keyOf(other))
        toSend(keyOf(other), null)
      }
    const before = kept(keyOf(element))
    note(keyOf(element), valueIn(element), false, before?.sent ? before.value : before?.base, before?.tried)
    toSend(keyOf(element), valueIn(element))
  }

  // `keepalive`: it goes out although the page is being left.
  async function send() {
    clearTimeout(timer)
    timer = null
    const call = callNow()
    if (call === '' || call !== unsentOf) return unsent.clear()
    if (unsent.size === 0) return
    const fields = Object.fromEntries(unsent)
    unsent.clear()
    for (const [id, value] of Object.entries(fields)) {
      const draft = kept(id)
      if (value !== null && draft?.sent === false) note(id, draft.value, false, draft.base, value)
    }
    const body = JSON.stringify({ fields })
    let status = 0
    try {
      const response = await fetch(`/agent/calls/${call}/draft`, {
        ...{ method: 'PUT', body, keepalive: body.length < 60_000, headers: { 'content-type': 'application/json' } },
      })
      status = response.status
    } catch {} // no network: it is tried again
    if (status >= 200 && status < 300) {
      for (const [id, value] of Object.entries(fields)) {
        const draft = kept(id)
        if (value === null || draft === null) continue
        note(id, draft.value, draft.value === value, value)
      }
    } else if ((status === 0 || status >= 500) && unsentOf === call) {
      for (const [id, value] of Object.entries(fields)) if (!unsent.has(id)) unsent.set(id, value)
      timer ??= setTimeout(send, againMs)
    }
  }

  function restore() {
    for (const element of drafted()) {
      if (element.dataset.restored) continue
      element.dataset.restored = 'true'
      const key = keyOf(element)
      const draft = kept(key)
      if (draft !== null) put(element, draft.value)
    }
    const call = callNow()
    if (call !== '' && call !== loaded) load(call)
    loaded = call
  }

  // Of what the server has and what was left here unsent; of a text that somebody went on with elsewhere meanwhile both.
  function standing(id, value) {
    const draft = kept(id)
    if (draft?.sent !== false || draft.value === value) return value
    if (draft.base === value || draft.tried === value || (typeof value === 'string' && draft.value.includes(value)))
      return draft.value
    if (elementOf(id)?.tagName !== 'TEXTAREA' || value.includes(draft.value)) return value
    const both = `${value}\n${draft.value}`
    note(id, both, false, value)
    return both
  }

  function loadAgain(call) {
    setTimeout(() => callNow() === call && load(call), againMs)
  }

  async function load(call) {
    let fields = {}
    try {
      const response = await fetch(`/agent/calls/${call}/draft`, { headers: { accept: 'application/json' } })
      if (!response.ok) return response.status === 404 ? undefined : loadAgain(call)
      fields = (await response.json()).fields
    } catch {
      return loadAgain(call) // as it is in this browser until then
    }
    if (callNow() !== call) return
    for (const [id, value] of Object.entries(fields)) {
      if (unsent.has(id)) continue
      const stands = standing(id, value)
      if (stands === value)
        note(id, value, true) // also of a form that is opened later
      else toSend(id, stands)
      const element = elementOf(id)
      if (element) put(element, stands)
    }
    // The page was left before the server had them.
    for (const element of drafted().filter(isOfCall)) {
      const id = keyOf(element)
      const draft = kept(id)
      if (draft?.sent === false && !(id in fields) && !unsent.has(id)) toSend(id, draft.value)
    }
    desk.dispatchEvent(new Event('desk:draft'))
  }

  function forget(match) {
    for (const key of Object.keys(localStorage))
      if (key.startsWith(prefix) && match(key.slice(prefix.length))) localStorage.removeItem(key)
  }

  // Another tab of the same desk: what is typed there stands here too.
  window.addEventListener('storage', event => {
    if (!event.key?.startsWith(prefix) || event.newValue === null) return
    const key = event.key.slice(prefix.length)
    const { value, sent } = JSON.parse(event.newValue)
    if (!sent && unsent.has(key)) unsent.set(key, value)
    if (sent && unsent.get(key) === value) unsent.delete(key)
    const element = elementOf(key)
    if (!element || element === document.activeElement) return
    put(element, value)
    desk.dispatchEvent(new Event('desk:draft'))
  })

  desk.addEventListener('input', event => {
    if (isDraft(event.target)) keep(event.target)
  })
  window.addEventListener('pagehide', send)
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') send()
    else if (callNow() !== '') load(callNow()) // typed elsewhere meanwhile
  })
  // A form that leads to another page was taken when it is not there any more; until then, and when the network failed, what was typed stays.
  document.addEventListener('submit', event => {
    const about = event.target.dataset.drafts
    if (about && !event.target.hasAttribute('hx-post')) sessionStorage.setItem(submittedKey, about)
  })
  const submitted = sessionStorage.getItem(submittedKey)
  sessionStorage.removeItem(submittedKey)
  if (submitted && !document.querySelector(`form[data-drafts="${CSS.escape(submitted)}"]`))
    forget(id => id.endsWith(`-${submitted}`))

  // Who sits down next finds nothing of it in this browser; it waits on the server.
  document.addEventListener('submit', event => {
    if (!event.target.action.endsWith('/sign-out')) return
    send()
    forget(() => true)
  })

  document.addEventListener('htmx:after:swap', restore)
  document.addEventListener('htmx:after:request', event => {
    const { sourceElement, response } = event.detail.ctx
    if (!(response?.status < 300)) return
    const call = sourceElement.dataset?.draft
    if (call) {
      unsent.clear()
      forget(id => id.includes(call))
    }
    const form = sourceElement.closest?.('form.answer, form[data-drafts]')
    if (!form) return
    for (const element of form.querySelectorAll(fields)) {
      if (!isDraft(element)) continue
      localStorage.removeItem(prefix + keyOf(element))
      toSend(keyOf(element), null)
    }
  })

  forget(id => !(Date.now() - (kept(id)?.at ?? 0) < keptMs))
  restore()
})()
