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

  let waiting
  const lost = shown => {
    clearTimeout(waiting)
    const line = document.getElementById('lost-contact')
    if (!line) return
    if (!shown) line.hidden = true
    else
      waiting = setTimeout(() => {
        line.hidden = false
      }, 2000)
  }
  document.addEventListener('htmx:sse:before:connection', event => lost(event.detail.connection.attempt > 0))
  document.addEventListener('htmx:sse:after:connection', () => lost(false))
  document.addEventListener('htmx:sse:error', event => {
    if (event.detail.status === 401 || event.detail.status === 403)
      location.reload() // the session has ended: sign in again
    else lost(true)
  })
})()
