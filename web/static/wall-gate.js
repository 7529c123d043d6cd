// A screen that stopped for a moment (its team was saved without its leader, its maker was away) shows on by itself: nobody stands there with a keyboard.
;(() => {
  const everyMs = 60_000
  const isTyped = () => document.querySelector('input[name="key"]')?.value !== ''
  setInterval(async () => {
    if (isTyped()) return
    const answer = await fetch('/wall', { cache: 'no-store' }).catch(() => null)
    if (answer?.status === 200 && !isTyped()) location.replace('/wall')
  }, everyMs)
})()
