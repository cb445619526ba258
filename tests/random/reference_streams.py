"""Prints the reference values of stream_test.cpp: a second implementation of the streams, from their description."""

import struct

LOW32 = 0xFFFFFFFF
LOW64 = (1 << 64) - 1
FNV_START = 0xCBF29CE484222325


def philox(counter, key):
    c, k = list(counter), list(key)
    for _ in range(10):
        a, b = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(b >> 32) ^ c[1] ^ k[0], b & LOW32, (a >> 32) ^ c[3] ^ k[1], a & LOW32]
        k = [(k[0] + 0x9E3779B9) & LOW32, (k[1] + 0xBB67AE85) & LOW32]
    return c


def fnv(state, number, size):
    for i in range(size):
        state = ((state ^ ((number >> (8 * i)) & 255)) * 0x100000001B3) & LOW64
    return state


def words(key, replicate, purpose, index=0):
    block = 0
    while True:
        yield from philox([block, index, purpose, replicate], [key & LOW32, key >> 32])
        block += 1


def uniform(numbers):
    return (next(numbers) + 0.5) / 2**32


def below(numbers, bound):
    product = next(numbers) * bound
    while product & LOW32 < 2**32 % bound:
        product = next(numbers) * bound
    return product >> 32


def derived_key(seed, label):
    state = fnv(FNV_START, seed, 8)
    for byte in label.encode():
        state = fnv(state, byte, 1)
    mixed = philox([state & LOW32, state >> 32, 0, 0], [seed & LOW32, seed >> 32])
    return mixed[0] << 32 | mixed[1]


def main():
    assert philox([0] * 4, [0] * 2) == [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]
    state = FNV_START
    for key in (0, 20250611, 0xFEDCBA9876543210):
        for replicate in (1, 2, LOW32):
            for purpose in range(1, 10):
                for index in (0, 1, 1000):
                    numbers = words(key, replicate, purpose, index)
                    for _ in range(8):
                        state = fnv(state, next(numbers), 4)
    print("words    ", hex(state))
    state = FNV_START
    for block in (0, 3):
        for word in range(4):
            for index in range(11):
                value = (philox([block, index, 4, 77], [20250611, 0])[word] + 0.5) / 2**32
                state = fnv(state, struct.unpack("<Q", struct.pack("<d", value))[0], 8)
    print("uniforms ", hex(state))
    for bound in (6, 3000000000):
        numbers = words(1, 1, 3)
        print("below    ", bound, [below(numbers, bound) for _ in range(8)])
    print("derived  ", hex(derived_key(20250611, "truth")), hex(derived_key(0, "")))


if __name__ == "__main__":
    main()
