// A screen on the wall stands open for months: it is loaded anew now and then, for the scripts of a newer version and so that its cookie stays, and
// only while the server answers, since nobody is there to press reload on an error page.
;(() => {
  const everyMs = 6 * 3_600_000
  setInterval(async () => {
    const answer = await fetch('/wall', { cache: 'no-store' }).catch(() => null)
    if (answer !== null && answer.status < 500) location.reload()
  }, everyMs)
})()
