/** Who gets a task: who has the skill, and of these the one with the least to do. */

export type Verifier = { id: string; skills: readonly string[]; open: number }

/** Each task to somebody; what nobody may take is left out. Loads count up as tasks are given, so that a hundred are spread evenly. */
export function shareOut(
  tasks: readonly { id: string; skill: string | null }[],
  verifiers: readonly Verifier[],
): { task: string; agent: string }[] {
  const open = new Map(verifiers.map(({ id, open }) => [id, open]))
  return tasks.flatMap(({ id, skill }) => {
    const able = verifiers.filter(({ skills }) => skill === null || skills.includes(skill))
    const [first] = able.sort((a, b) => open.get(a.id)! - open.get(b.id)! || (a.id < b.id ? -1 : 1))
    if (first === undefined) return []
    open.set(first.id, open.get(first.id)! + 1)
    return [{ task: id, agent: first.id }]
  })
}
