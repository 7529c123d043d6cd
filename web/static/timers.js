// Paints running times once a second: `data-since` counts up, `data-until` counts down (Unix ms by the server's clock).
;(() => {
  const root = document.documentElement
  const ahead = Number(root.dataset.now) - Date.now() // the server's clock less ours; a few ms of network are no matter

  function shown(ms) {
    const seconds = Math.max(0, Math.floor(ms / 1000))
    const two = n => String(n).padStart(2, '0')
    const minutes = Math.floor(seconds / 60)
    if (minutes < 60) return `${two(minutes)}:${two(seconds % 60)}`
    return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`
  }

  function paint() {
    const now = Date.now() + ahead
    for (const element of document.querySelectorAll('time[data-since]')) {
      const text = shown(now - Number(element.dataset.since))
      if (element.textContent !== text) element.textContent = text
    }
    for (const element of document.querySelectorAll('time[data-until]')) {
      const text = shown(Number(element.dataset.until) - now + 999)
      if (element.textContent !== text) element.textContent = text
    }
  }

  paint()
  setInterval(paint, 250)
  document.addEventListener('htmx:after:swap', paint)
})()
