/** Words of trying out one's audio: what the server heard, and what to do about it. */
import type { AudioFault } from '../../src/centre/audio/try-out.ts'
import type { Like } from './language.ts'

const zh = {
  good: '服务器听到您的声音，正在回放。',
  faults: {
    nothing: '服务器没有收到您的声音：语音连接不通，请重新连接或联系网络管理员。',
    silent: '收到的是静音：请检查耳麦是否静音、是否选对了麦克风。',
    soft: '声音太小：请把麦克风靠近嘴边，或调高输入音量。',
    clipped: '声音太大、失真：请把麦克风拿远一点，或调低输入音量。',
    loss: '网络丢包：对方会听到断字，请改用网线或换一个网络。',
    jitter: '网络抖动：声音会断续，请关闭占用网络的程序，或改用网线。',
    slow: '网络延迟大：双方会互相抢话，请检查 VPN 或线路。',
  } as Record<AudioFault, string>,
  figures: (level: string, loss: string, jitter: string, trip: string) =>
    `（音量 ${level} dB，丢包 ${loss}%，抖动 ${jitter} 毫秒，往返 ${trip} 毫秒）`,
  call: '来电，试音已结束。',
  refused: {
    no_audio: '语音没有连接：请检查麦克风。',
    busy: '语音正在使用中：没有通话时再试。',
    too_many: '正在试音的人太多，请稍候再试。',
  } as Record<string, string>,
}

const en: Like<typeof zh> = {
  good: 'The server heard you; what it heard is played back now.',
  faults: {
    nothing:
      'Nothing of you came to the server: the audio connection is blocked. Connect again, or ask who runs the network.',
    silent: 'What came was silence: is the headset muted, is it the right microphone?',
    soft: 'Your voice is too soft: bring the microphone nearer, or turn its level up.',
    clipped: 'Your voice is too loud and distorted: move the microphone away, or turn its level down.',
    loss: 'The network loses packets: words will be cut. Use a cable, or another network.',
    jitter: 'The network is uneven: the voice will stutter. Close what else uses it, or use a cable.',
    slow: 'The network is slow: you will talk into each other’s words. Look at the VPN or the line.',
  },
  figures: (level: string, loss: string, jitter: string, trip: string) =>
    `(level ${level} dB, loss ${loss}%, jitter ${jitter} ms, round trip ${trip} ms)`,
  call: 'A call came: the try-out is over.',
  refused: {
    no_audio: 'Your audio is not connected: check the microphone.',
    busy: 'Your audio is in use: try it out when you have no call.',
    too_many: 'Too many people try out their audio now: a moment, please.',
  },
}

export const tryOutWords = { zh, en }
