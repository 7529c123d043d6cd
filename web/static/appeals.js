// Supervisors' live pages: that an agent asks for help is said in the window's title, for whoever looks at another, and by two notes.
;(() => {
  const title = document.title
  let open = new Set()
  let context = null

  // Browsers let a page sound once somebody has used it, by hand or by its keys: so it is made ready then, and not when the first one asks.
  function ready() {
    context ??= new AudioContext()
    context.resume()
  }

  function sound() {
    if (context?.state !== 'running') return
    for (const [hertz, from] of [
      [740, 0],
      [988, 0.18],
    ]) {
      const tone = context.createOscillator()
      const gain = context.createGain()
      const at = context.currentTime + from
      tone.frequency.value = hertz
      gain.gain.setValueAtTime(0, at)
      gain.gain.linearRampToValueAtTime(0.15, at + 0.01)
      gain.gain.linearRampToValueAtTime(0, at + 0.16)
      tone.connect(gain).connect(context.destination)
      tone.start(at)
      tone.stop(at + 0.17)
    }
  }

  function look() {
    const appeals = document.getElementById('appeals')
    if (!appeals) return
    document.title = appeals.dataset.title ? `● ${appeals.dataset.title} · ${title}` : title
    const before = open
    open = new Set([...appeals.querySelectorAll('li.red')].map(({ id }) => id))
    if ([...open].some(id => !before.has(id))) sound()
  }

  for (const gesture of ['pointerdown', 'keydown']) document.addEventListener(gesture, ready)
  new MutationObserver(look).observe(document.getElementById('main'), {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ['data-open', 'data-title'],
  })
  look()
})()
