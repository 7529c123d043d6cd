/** What root does in a folder that is somebody else's is done as that somebody: who may write there could lead root's hand anywhere by a link. */
import { statSync } from 'node:fs'

/** Of the process; tests bring their own. */
export type Self = {
  getuid?: () => number
  getegid?: () => number
  getgroups?: () => number[]
  setgroups?: (groups: number[]) => void
  initgroups?: (user: number, group: number) => void
  setegid?: (id: number) => void
  seteuid?: (id: number) => void
}

/** `work` is synchronous: the whole process is somebody else meanwhile. For whom is not root, or where the folder is root's, nobody changes. */
export function asOwnerOf<T>(folder: string, work: () => T, self: Self = process): T {
  if (self.getuid?.() !== 0) return work()
  const { uid, gid } = statSync(folder)
  if (uid === 0) return work()
  const [group, groups] = [self.getegid!(), self.getgroups!()]
  try {
    takeGroups(self, uid, gid)
    self.setegid!(gid)
    self.seteuid!(uid) // last, since nobody else may change groups
    return work()
  } finally {
    self.seteuid!(0)
    self.setegid!(group)
    self.setgroups!(groups)
  }
}

/** All that somebody belongs to; who has no name here has the group of the folder alone. */
function takeGroups(self: Self, uid: number, gid: number): void {
  try {
    self.initgroups!(uid, gid)
  } catch {
    self.setgroups!([gid])
  }
}
