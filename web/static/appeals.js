// Supervisors' live pages: that an agent asks for help is said in the window's title, for whoever looks at another, and by two notes.
;(() => {
  const title = document.title
  let open = 0
  let context = null

  // Browsers let a page sound once somebody has used it.
  function sound() {
    context ??= new AudioContext()
    if (context.state !== 'running') return
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
    open = Number(appeals.dataset.open)
    if (open > before) sound()
  }

  document.addEventListener('pointerdown', () => context?.resume())
  new MutationObserver(look).observe(document.getElementById('main'), {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ['data-open', 'data-title'],
  })
  look()
})()
