//! A fast checksum against damage by accident, not against an attacker: who can write the file can write a right one,
//! and gains nothing, since no access trusts it.

const PRIME: u64 = 0x9e37_79b9_7f4a_7c15;

/// The sum of a row of bytes, going on from `sum`.
pub(super) fn add(sum: u64, bytes: &[u8]) -> u64 {
    // Four lanes keep the processor's multiplier busy; one would be four times slower.
    let mut lanes = [sum, sum ^ PRIME, sum.rotate_left(17), !sum];
    let (blocks, rest) = bytes.as_chunks::<32>();
    for block in blocks {
        let (words, _) = block.as_chunks::<8>();
        for (lane, word) in lanes.iter_mut().zip(words) {
            *lane = mix(*lane, u64::from_le_bytes(*word));
        }
    }
    let mut all = lanes.iter().fold(bytes.len() as u64, |all, lane| mix(all, *lane));
    for byte in rest {
        all = mix(all, u64::from(*byte));
    }
    all
}

fn mix(sum: u64, word: u64) -> u64 {
    (sum ^ word).wrapping_mul(PRIME).rotate_left(29)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_changed_bit_shows() {
        let bytes: Vec<u8> = (0..100).collect();
        let sum = add(0, &bytes);
        for bit in 0..800 {
            let mut other = bytes.clone();
            other[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(add(0, &other), sum, "bit {bit}");
        }
        assert_ne!(add(0, &bytes[..99]), sum);
    }
}
