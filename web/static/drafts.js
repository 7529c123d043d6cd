// What is typed on the desk outlives a reload, another tab, and the browser itself: kept at once in this browser and within a second on the server.
// Of what the server does not have yet this browser's stands; of all else the server's. `desk:draft` is told when fields were filled in.
;(() => {
  const prefix = 'switchroom.draft.'
  const keptMs = 86_400_000
  const everyMs = 1_000
  const againMs = 5_000
  const desk = document.querySelector('.desk')
  const unsent = new Map() // field's id → value; of the call in hand
  let timer = null
  let loaded = '' // the call whose draft was asked for

  const callNow = () => desk.querySelector('form.write')?.dataset.draft ?? ''
  const isDraft = element =>
    element.id && element.matches('input, textarea, select') && element.closest('form.write, form.answer')
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

  function note(id, value, sent) {
    try {
      localStorage.setItem(prefix + id, JSON.stringify({ value, at: Date.now(), sent }))
    } catch {} // full or forbidden: the form still works
  }

  function keep(element) {
    if (element.type === 'radio')
      for (const other of element.form.elements[element.name] ?? []) {
        if (other === element) continue
        localStorage.removeItem(prefix + other.id)
        unsent.set(other.id, null)
      }
    note(element.id, valueIn(element), false)
    unsent.set(element.id, valueIn(element))
    timer ??= setTimeout(send, everyMs)
  }

  // `keepalive`: it goes out although the page is being left.
  async function send() {
    clearTimeout(timer)
    timer = null
    const call = callNow()
    if (call === '' || unsent.size === 0) return unsent.clear()
    const fields = Object.fromEntries(unsent)
    unsent.clear()
    const body = JSON.stringify({ fields })
    let status = 0
    try {
      const response = await fetch(`/agent/calls/${call}/draft`, {
        ...{ method: 'PUT', body, keepalive: body.length < 60_000, headers: { 'content-type': 'application/json' } },
      })
      status = response.status
    } catch {} // no network: it is tried again
    if (status >= 200 && status < 300) {
      for (const [id, value] of Object.entries(fields))
        if (value !== null && kept(id)?.value === value) note(id, value, true)
    } else if (status === 0 || status >= 500) {
      for (const [id, value] of Object.entries(fields)) if (!unsent.has(id)) unsent.set(id, value)
      timer ??= setTimeout(send, againMs)
    }
  }

  function restore() {
    for (const element of desk.querySelectorAll('form.write [id], form.answer [id]')) {
      if (element.dataset.restored || !isDraft(element)) continue
      element.dataset.restored = 'true'
      const draft = kept(element.id)
      if (draft !== null) put(element, draft.value)
    }
    const call = callNow()
    if (call !== '' && call !== loaded) load(call)
    loaded = call
  }

  async function load(call) {
    let fields = {}
    try {
      const response = await fetch(`/agent/calls/${call}/draft`, { headers: { accept: 'application/json' } })
      if (!response.ok) return
      fields = (await response.json()).fields
    } catch {
      return // as it is in this browser
    }
    for (const [id, value] of Object.entries(fields)) {
      const element = document.getElementById(id)
      if (!element || !isDraft(element) || unsent.has(id) || kept(id)?.sent === false) continue
      put(element, value)
      note(id, value, true)
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
    const element = document.getElementById(event.key.slice(prefix.length))
    if (!element || !isDraft(element) || element === document.activeElement) return
    put(element, JSON.parse(event.newValue).value)
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
    if (!sourceElement.matches?.('form.answer')) return
    for (const element of sourceElement.querySelectorAll('[id]')) {
      localStorage.removeItem(prefix + element.id)
      unsent.set(element.id, null)
    }
    timer ??= setTimeout(send, everyMs)
  })

  forget(id => !(Date.now() - (kept(id)?.at ?? 0) < keptMs))
  restore()
})()
