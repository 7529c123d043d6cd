// Draws both channels of a recording and lets a click seek. The audio itself is played by the browser's own controls.
;(() => {
  async function draw(box) {
    const audio = box.parentElement.querySelector('audio')
    const words = box.querySelector('.wave-words')
    const canvases = [...box.querySelectorAll('canvas')]
    try {
      const bytes = await (await fetch(box.dataset.src)).arrayBuffer()
      const context = new OfflineAudioContext(2, 8000, 8000)
      const sound = await context.decodeAudioData(bytes)
      const colour = getComputedStyle(box).getPropertyValue('--accent')
      canvases.forEach((canvas, channel) => {
        paint(canvas, sound.getChannelData(Math.min(channel, sound.numberOfChannels - 1)), colour)
        canvas.addEventListener('click', event => {
          audio.currentTime = (event.offsetX / canvas.clientWidth) * sound.duration
          audio.play()
        })
      })
      words.hidden = true
    } catch {
      words.textContent = box.dataset.failed
    }
  }

  function paint(canvas, samples, colour) {
    canvas.width = canvas.clientWidth * devicePixelRatio
    canvas.height = canvas.clientHeight * devicePixelRatio
    const pen = canvas.getContext('2d')
    pen.fillStyle = colour
    const middle = canvas.height / 2
    const per = Math.max(1, Math.floor(samples.length / canvas.width))
    let loudest = 0.05 // silence stays a line
    for (const sample of samples) loudest = Math.max(loudest, Math.abs(sample))
    for (let x = 0; x < canvas.width; x++) {
      let peak = 0
      for (let at = x * per; at < (x + 1) * per && at < samples.length; at++)
        peak = Math.max(peak, Math.abs(samples[at]))
      const half = Math.max(0.5, (peak / loudest) * middle)
      pen.fillRect(x, middle - half, 1, half * 2)
    }
  }

  for (const box of document.querySelectorAll('.wave')) draw(box)
})()
