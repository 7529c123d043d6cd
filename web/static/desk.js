// The agent's desk: what is typed outlives a reload, the title and a sound say that a call is there, and wrap-up puts the cursor in the form.
;(() => {
  const prefix = 'switchroom.draft.'
  const keptMs = 2 * 86_400_000
  const desk = document.querySelector('.desk')
  const title = document.title
  let phase = ''

  const isDraft = element => element.id && element.closest('form.write, .must')

  function keep(element) {
    const value = element.type === 'checkbox' || element.type === 'radio' ? element.checked : element.value
    if (element.type === 'radio')
      for (const other of element.form.elements[element.name] ?? []) localStorage.removeItem(prefix + other.id)
    try {
      localStorage.setItem(prefix + element.id, JSON.stringify({ value, at: Date.now() }))
    } catch {} // full or forbidden: the form still works
  }

  function restore() {
    for (const element of desk.querySelectorAll('form.write [id], .must [id]')) {
      if (element.dataset.restored || !element.matches('input, textarea, select')) continue
      element.dataset.restored = 'true'
      const draft = localStorage.getItem(prefix + element.id)
      if (draft === null) continue
      const { value } = JSON.parse(draft)
      if (typeof value === 'boolean') element.checked = value
      else element.value = value
    }
  }

  function forget(match) {
    for (const key of Object.keys(localStorage)) if (key.startsWith(prefix) && match(key)) localStorage.removeItem(key)
  }

  // Two short tones when a call arrives or connects. The browser allows sound once the agent has clicked anywhere.
  let sound
  function chime(from, to) {
    sound ??= new AudioContext()
    if (sound.state !== 'running') return
    for (const [at, hz] of [[0, from], [0.14, to]]) {
      const tone = new OscillatorNode(sound, { frequency: hz })
      const loudness = new GainNode(sound, { gain: 0.08 })
      tone.connect(loudness).connect(sound.destination)
      tone.start(sound.currentTime + at)
      tone.stop(sound.currentTime + at + 0.11)
    }
  }
  document.addEventListener('click', () => { sound ??= new AudioContext() }, { once: true })

  function notice() {
    const bar = document.getElementById('call-bar')
    if (!bar) return
    document.title = bar.dataset.title ? `${bar.dataset.title} · ${title}` : title
    const before = phase
    phase = bar.dataset.callPhase
    if (phase === before) return
    if (phase === 'talking') chime(660, 880)
    if (phase === 'assigned') chime(880, 880)
    if (phase === 'ended' && before === 'talking') {
      chime(660, 440)
      const form = document.querySelector('form.write')
      if (form && !form.contains(document.activeElement))
        form.querySelector('input[name="code"]:checked, input[name="code"]')?.focus()
    }
  }

  desk.addEventListener('input', event => { if (isDraft(event.target)) keep(event.target) })
  document.addEventListener('htmx:after:swap', () => {
    restore()
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
  notice()
})()
