// What every page needs: appearance and language as cookies, dialogs, questions before what cannot be undone, and word of a lost server.
;(() => {
  document.addEventListener('click', event => {
    const button = event.target.closest('[data-cookie], [data-opens], [data-copies]')
    if (!button) return
    if (button.dataset.cookie) {
      const secure = location.protocol === 'https:' ? '; Secure' : ''
      // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is absent without https
      document.cookie = `${button.dataset.cookie}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`
      location.reload()
    }
    if (button.dataset.opens) document.getElementById(button.dataset.opens)?.showModal()
    if (button.dataset.copies) navigator.clipboard?.writeText(button.dataset.copies)
  })

  document.addEventListener(
    'submit',
    event => {
      const question = event.submitter?.dataset.asks ?? event.target.dataset.asks
      if (question && !confirm(question)) {
        event.preventDefault()
        event.stopImmediatePropagation()
      }
    },
    true,
  )

  // Check boxes that choose all rows of their table.
  document.addEventListener('change', event => {
    if (!event.target.matches('[data-all]')) return
    for (const box of document.querySelectorAll(event.target.dataset.all)) box.checked = event.target.checked
  })

  // What is typed in a form outlives a session that ends meanwhile: kept in this tab, and put back after the sign-in. Never a password.
  const typedKey = 'switchroom.typed'
  const gate = document.querySelector('form[action="/sign-in"]')
  const typedForm = element =>
    element.form?.method === 'post' && element.form !== gate && !element.closest('form.write')
  const place = () => location.pathname + location.search

  function keepTyped(event) {
    if (!event.target.form || !typedForm(event.target)) return
    const forms = [...document.forms]
    const { form } = event.target
    const fields = [...form.elements].filter(
      ({ name, type }) => name && !/^(hidden|password|file|submit|button)$/.test(type),
    )
    const typed = fields.map(({ name, value, type, checked }) => ({
      name,
      value,
      checked: /check|radio/.test(type) ? checked : null,
    }))
    try {
      sessionStorage.setItem(typedKey, JSON.stringify({ place: place(), form: forms.indexOf(form), typed }))
    } catch {} // full or forbidden: the form still works
  }

  // Who signs out leaves nothing behind that was typed about anybody.
  if (gate && location.search.includes('why=signed_out'))
    for (const key of Object.keys(localStorage)) if (key.startsWith('switchroom.draft.')) localStorage.removeItem(key)

  function putBack() {
    const kept = JSON.parse(sessionStorage.getItem(typedKey) ?? 'null')
    if (kept === null) return
    if (gate && location.search.includes('why=signed_out')) return sessionStorage.removeItem(typedKey)
    if (gate) {
      if (!gate.elements.next.value) gate.elements.next.value = kept.place
      sessionStorage.setItem(typedKey, JSON.stringify({ ...kept, ended: true }))
      return
    }
    if (kept.place !== place() && kept.ended) return // the way back leads over another page
    sessionStorage.removeItem(typedKey)
    const form = kept.ended && document.forms[kept.form]
    if (!form) return
    const left = [...form.elements]
    for (const { name, value, checked } of kept.typed) {
      const at = left.findIndex(element => element.name === name && (checked === null || element.value === value))
      const [element] = at < 0 ? [] : left.splice(at, 1)
      if (!element) continue
      if (checked === null) element.value = value
      else element.checked = checked
    }
    form.closest('dialog')?.showModal()
  }

  document.addEventListener('input', keepTyped)
  putBack()

  // What is shown once is gone with its page: the way back to a page that the browser kept whole brings none of it back.
  addEventListener('pagehide', () => {
    for (const secret of document.querySelectorAll('[data-once]')) secret.remove()
  })

  // Word of a server that is not there: once the stream has been gone for two seconds, and at once when something that was done did not get there.
  const lostAfterMs = 2000
  const unsentMs = 6000
  // The server says something every ten seconds: who hears nothing has a line that nobody is at the other end of, and asks for another.
  const silentMs = 25_000
  let stream = null
  let heardAt = Date.now()
  let waiting = 0
  let isLost = false

  function say(attribute) {
    const line = document.getElementById('lost-contact')
    if (!line) return
    line.hidden = attribute === null
    if (attribute !== null) line.querySelector('span').textContent = line.dataset[attribute]
  }
  function lost(is, afterMs = lostAfterMs) {
    if (!is) {
      clearTimeout(waiting)
      waiting = 0
    } else if (!isLost) waiting ||= setTimeout(turn, afterMs, true)
    if (!is && isLost) turn(false)
  }
  function turn(is) {
    waiting = 0
    isLost = is
    document.documentElement.toggleAttribute('data-lost', is)
    say(is ? 'lost' : null)
  }
  const heard = () => {
    heardAt = Date.now()
  }
  document.addEventListener('htmx:sse:before:connection', ({ detail: { connection } }) => {
    stream = connection
    lost(connection.attempt > 0)
  })
  document.addEventListener('htmx:sse:after:connection', () => {
    heard()
    lost(false)
  })
  document.addEventListener('htmx:sse:before:message', () => {
    heard()
    lost(false)
  })
  document.addEventListener('htmx:sse:error', event => {
    if (event.detail.status === 401 || event.detail.status === 403)
      location.reload() // the session has ended: sign in again
    else lost(true)
  })
  // Some streams rest while nobody looks; others go on, since the title of their page speaks then too.
  const mayRest = () => stream?.config.pauseOnBackground === true
  function listen() {
    if (stream === null || (document.hidden && mayRest()) || Date.now() - heardAt < silentMs) return
    heard()
    lost(true, 0)
    stream.reader?.cancel()
  }
  setInterval(listen, 5000)
  document.addEventListener('visibilitychange', () => (mayRest() ? heard() : listen()))
  addEventListener('offline', () => stream !== null && lost(true, 0))
  // The stream asks again by itself once it has begun; a page that loads while the server starts has to ask until then.
  const firstAgainMs = 2000
  function begin(element) {
    const url = element.isConnected && element.getAttribute('hx-sse:connect')
    if (url && !element._htmx?.sse) htmx.ajax('GET', url, { source: element })
  }
  document.addEventListener('htmx:response:error', ({ detail: { ctx } }) => {
    if (!ctx.sourceElement?.hasAttribute('hx-sse:connect')) return
    ctx.swap = 'none' // what a proxy or we say of the fault is no part of this page
    if (ctx.response.status === 401 || ctx.response.status === 403) return location.reload()
    lost(true)
    setTimeout(begin, firstAgainMs, ctx.sourceElement)
  })
  document.addEventListener('htmx:error', ({ detail: { ctx, error } }) => {
    if (!ctx) return
    const element = ctx.sourceElement
    if (element?.hasAttribute('hx-sse:connect')) {
      lost(true)
      setTimeout(begin, firstAgainMs, element)
      return
    }
    const isLate = error === 'timeout'
    if (ctx.response && !isLate) return
    // What was sent and not answered in time may have been done all the same: who does it again may do it twice.
    say(isLate && ctx.request.method?.toUpperCase() !== 'GET' ? 'unsure' : 'unsent')
    setTimeout(() => say(isLost ? 'lost' : null), unsentMs)
  })
})()
