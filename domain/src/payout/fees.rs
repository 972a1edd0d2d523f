//! Fees of payouts by EIP-1559: the first ones, those of a replacement, and the cap above which nothing goes.
//!
//! A node keeps a replacement only when both fees rise, by a tenth at least where it follows go-ethereum
//! (<https://geth.ethereum.org/docs/fundamentals/command-line-options>, `--txpool.pricebump`).

/// Least rise of a replacement, in thousandths.
pub const LEAST_BUMP: u32 = 100;

/// What gas may cost, in wei per gas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeeRules {
    /// Most per gas, tip included.
    pub max_fee_cap: u128,
    /// Most for whoever makes the block.
    pub tip_cap: u128,
    /// Least for whoever makes the block, as far as its cap allows; markets that ask for none leave a transaction waiting.
    pub least_tip: u128,
    /// Least rise of both fees of a replacement, in thousandths; what is below [`LEAST_BUMP`] counts as that.
    pub bump_permille: u32,
}

/// What a transaction offers, in wei per gas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fees {
    /// At most, tip included.
    pub max_fee: u128,
    /// For whoever makes the block.
    pub tip: u128,
}

/// What a chain's market for gas asks, in wei per gas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Market {
    /// Base fee of the next block.
    pub base: u128,
    /// A tip that gets a transaction into one of the next blocks.
    pub tip: u128,
}

/// Fees of a first transaction: twice the base fee and the tip, neither above its cap.
pub fn first(market: Market, rules: &FeeRules) -> Fees {
    let tip = market.tip.max(rules.least_tip).min(rules.tip_cap);
    let max_fee = market.base.saturating_mul(2).saturating_add(tip).min(rules.max_fee_cap);
    Fees {
        max_fee,
        tip: tip.min(max_fee),
    }
}

/// Fees of a transaction that replaces one with `last`: both higher by the bump at least, as high as the market asks where that
/// is more, neither above its cap. `None` when the caps leave no room.
pub fn replacement(last: Fees, market: Market, rules: &FeeRules) -> Option<Fees> {
    let (least_fee, least_tip) = (bumped(last.max_fee, rules)?, bumped(last.tip, rules)?);
    if least_fee > rules.max_fee_cap || least_tip > rules.tip_cap {
        return None;
    }
    let asked = first(market, rules);
    let max_fee = asked.max_fee.max(least_fee);
    let tip = asked.tip.max(least_tip);
    (tip <= max_fee).then_some(Fees { max_fee, tip })
}

/// Higher by the bump, rounded up, and by one wei at least.
fn bumped(last: u128, rules: &FeeRules) -> Option<u128> {
    let bump = u128::from(rules.bump_permille.max(LEAST_BUMP));
    let raised = last.checked_mul(bump.checked_add(1_000)?)?.div_ceil(1_000);
    Some(raised.max(last.checked_add(1)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GWEI: u128 = 1_000_000_000;

    fn rules() -> FeeRules {
        FeeRules {
            max_fee_cap: 200 * GWEI,
            tip_cap: 10 * GWEI,
            least_tip: 0,
            bump_permille: 125,
        }
    }

    #[test]
    fn s3_26_the_first_fee_is_twice_the_base_and_a_tip_within_the_caps() {
        let market = Market {
            base: 20 * GWEI,
            tip: 2 * GWEI,
        };
        let fees = first(market, &rules());
        assert_eq!((fees.max_fee, fees.tip), (42 * GWEI, 2 * GWEI));
        let dear = Market {
            base: 900 * GWEI,
            tip: 50 * GWEI,
        };
        let fees = first(dear, &rules());
        assert_eq!((fees.max_fee, fees.tip), (200 * GWEI, 10 * GWEI));
        let generous = FeeRules {
            least_tip: 3 * GWEI,
            ..rules()
        };
        assert_eq!(first(market, &generous).tip, 3 * GWEI);
    }

    #[test]
    fn s3_26_a_replacement_is_dearer_by_an_eighth_until_the_cap_leaves_no_room() {
        let market = Market { base: GWEI, tip: GWEI };
        let mut fees = Fees {
            max_fee: 100 * GWEI,
            tip: 2 * GWEI,
        };
        let mut seen = Vec::new();
        while let Some(next) = replacement(fees, market, &rules()) {
            fees = next;
            seen.push(next.max_fee);
        }
        assert_eq!(seen.len(), 5);
        assert_eq!(seen[0], 112_500_000_000);
        assert!(fees.max_fee <= rules().max_fee_cap);
    }

    #[test]
    fn s3_26_no_bump_is_below_what_nodes_ask_for_and_a_tip_of_zero_rises_too() {
        let least = FeeRules {
            bump_permille: 0,
            ..rules()
        };
        let last = Fees { max_fee: 1_001, tip: 0 };
        let next = replacement(last, Market { base: 0, tip: 0 }, &least).unwrap();
        assert_eq!((next.max_fee, next.tip), (1_102, 1));
    }

    proptest! {
        #[test]
        fn s3_26_every_replacement_rises_enough_and_stays_below_the_caps(
            max_fee in 0..400 * GWEI, tip in 0..20 * GWEI, base in 0..400 * GWEI, market_tip in 0..50 * GWEI, bump in 0..500_u32
        ) {
            let rules = FeeRules { bump_permille: bump, ..rules() };
            let market = Market { base, tip: market_tip };
            let last = Fees { max_fee, tip: tip.min(max_fee) };
            let begun = first(market, &rules);
            prop_assert!(begun.max_fee <= rules.max_fee_cap && begun.tip <= rules.tip_cap && begun.tip <= begun.max_fee);
            if let Some(next) = replacement(last, market, &rules) {
                prop_assert!(next.max_fee <= rules.max_fee_cap && next.tip <= rules.tip_cap && next.tip <= next.max_fee);
                let bump = u128::from(bump.max(LEAST_BUMP));
                prop_assert!(next.max_fee * 1_000 >= last.max_fee * (1_000 + bump) && next.max_fee > last.max_fee);
                prop_assert!(next.tip * 1_000 >= last.tip * (1_000 + bump) && next.tip > last.tip);
            }
        }
    }
}
