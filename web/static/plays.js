// A button that plays a recording from where something was said: data-plays names the <audio>, data-at the second.
document.addEventListener('click', event => {
  const button = event.target.closest?.('[data-plays]')
  if (!button) return
  const audio = document.getElementById(button.dataset.plays)
  if (!audio) return
  const at = Number(button.dataset.at)
  const go = () => {
    audio.currentTime = at
    void audio.play()
  }
  if (audio.readyState >= 1) return go()
  audio.addEventListener('loadedmetadata', go, { once: true })
  audio.load()
})
