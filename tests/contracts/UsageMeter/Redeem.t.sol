// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {IUsageMeter} from "../../../contracts/interfaces/IUsageMeter.sol";
import {ERC1271Wallet} from "../mocks/ERC1271Wallet.sol";
import {FickleWallet} from "../mocks/FickleWallet.sol";
import {MeterTest} from "../utils/MeterTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract RedeemTest is MeterTest {
    function testFuzzRedeem(uint256 amount, uint256 first, uint256 second, address relayer) public {
        amount = bound(amount, 2, MAX_AMOUNT);
        first = bound(first, 1, amount - 1);
        second = bound(second, first + 1, amount);
        _open(amount);
        _testRedeem(relayer, first, first);
        _assertChannel(amount - first, first, "first");
        _testRedeem(relayer, second, second - first);
        _assertChannel(amount - second, second, "second");
        _assertBalance(provider, second, 0, "provider");
        _assertBalance(deposits, 0, amount - second, "deposits");
        _assertHolds(amount, "tokens held");
    }

    function _testRedeem(address relayer, uint256 cumulative, uint256 paid) internal {
        IUsageMeter.Claim memory claim = _claim(cumulative);
        bytes memory signature = _sign(SIGNER_KEY, claim);
        vm.assertEq(uint256(meter.flawOf(PROVIDER, claim, signature)), 0, "flaw");
        vm.expectEmit(address(meter));
        emit IUsageMeter.Redeemed(_id(), cumulative, ROOT);
        vm.expectEmit(address(ledger));
        emit ILedger.Paid(deposits, provider, paid);
        vm.prank(relayer);
        vm.assertEq(meter.redeem(PROVIDER, claim, signature), paid, "paid");
    }

    /// What the deposit covers to its last unit is no overdraft.
    function testFuzzRedeemAll(uint256 amount) public {
        amount = bound(amount, 1, MAX_AMOUNT);
        _open(amount);
        vm.recordLogs();
        vm.assertEq(_redeem(amount), amount, "paid");
        vm.assertEq(vm.getRecordedLogs().length, 2, "the voucher and the payment");
        _assertChannel(0, amount, "all of it");
    }

    function testFuzzRedeemOfContract(uint256 key, uint256 cumulative) public {
        key = bound(key, 1, type(uint128).max);
        cumulative = bound(cumulative, 1, DEPOSIT);
        IUsageMeter.Claim memory claim = _claimOfContract(address(new ERC1271Wallet(vm.addr(key))));
        claim.cumulative = cumulative;
        vm.assertEq(_submitVoucher(claim, _sign(key, claim)), cumulative, "paid");
    }

    /* REPLAYS */

    /// Attack: a voucher is shown again, or an older one after it.
    function testFuzzReplay(uint256 first, uint256 second) public {
        second = bound(second, 1, DEPOSIT);
        first = bound(first, 0, second);
        _open(DEPOSIT);
        _redeem(second);
        _testRefused(_claim(first), SIGNER_KEY, IUsageMeter.Flaw.Stale);
        _assertBalance(provider, second, 0, "provider");
    }

    /// Attack: or on a channel to another provider.
    function testFuzzReplayToAnotherProvider(address other) public {
        vm.assume(other != PROVIDER && other != address(0));
        IUsageMeter.Claim memory claim = _claim(CREDIT);
        bytes memory signature = _sign(SIGNER_KEY, claim);
        _open(DEPOSIT);
        _fund(agent, DEPOSIT);
        vm.prank(WORKER);
        meter.open(agentId, SIGNER, other, DEPOSIT);
        vm.expectRevert(
            abi.encodeWithSelector(
                IUsageMeter.VoucherRefused.selector,
                _idOf(agentId, SIGNER, other),
                CREDIT,
                IUsageMeter.Flaw.WrongSignature
            )
        );
        vm.prank(other);
        meter.redeem(other, claim, signature);
    }

    /// Attack: or on another agent's channel, by the same signer to the same provider.
    function testReplayOnAnotherAgent() public {
        bytes memory signature = _sign(SIGNER_KEY, _claim(CREDIT));
        _open(DEPOSIT);
        uint256 other = _register(WORKER);
        _fundAgent(other, DEPOSIT);
        vm.prank(WORKER);
        meter.open(other, SIGNER, PROVIDER, DEPOSIT);
        IUsageMeter.Claim memory claim = _claim(CREDIT);
        claim.agentId = other;
        _expectRefused(claim, IUsageMeter.Flaw.WrongSignature);
        _submitVoucher(claim, signature);
    }

    /// Attack: or on the next channel of the same three.
    function testFuzzReplayInAnotherEpoch(uint256 cumulative) public {
        cumulative = bound(cumulative, 1, DEPOSIT);
        IUsageMeter.Claim memory claim = _claim(cumulative);
        bytes memory signature = _sign(SIGNER_KEY, claim);
        _open(DEPOSIT);
        vm.prank(PROVIDER);
        meter.close(agentId, SIGNER, PROVIDER);
        epoch = 1;
        _expectRefused(claim, IUsageMeter.Flaw.NotOpen);
        _submitVoucher(claim, signature);
        _open(DEPOSIT);
        _expectRefused(claim, IUsageMeter.Flaw.WrongSignature);
        _submitVoucher(claim, signature);
    }

    function testFuzzReplayOnAnotherChain(uint64 chainId) public {
        vm.assume(chainId != block.chainid);
        IUsageMeter.Claim memory claim = _claim(CREDIT);
        bytes memory signature = _sign(SIGNER_KEY, claim);
        _open(DEPOSIT);
        vm.chainId(chainId);
        _expectRefused(claim, IUsageMeter.Flaw.WrongSignature);
        _submitVoucher(claim, signature);
    }

    function testReplayOnAnotherDeployment() public {
        bytes memory signature = _sign(SIGNER_KEY, _claim(CREDIT));
        vm.startPrank(ADMIN);
        _deployMarket();
        token.grantRole(token.MINTER_ROLE(), ADMIN);
        vm.stopPrank();
        vm.assertEq(_register(WORKER), agentId, "agent id");
        _open(DEPOSIT);
        _expectRefused(_claim(CREDIT), IUsageMeter.Flaw.WrongSignature);
        _submitVoucher(_claim(CREDIT), signature);
    }

    /* SIGNATURES */

    function testFuzzWrongSigner(uint256 key) public {
        key = bound(key, 1, type(uint128).max);
        vm.assume(key != SIGNER_KEY);
        _open(DEPOSIT);
        _testRefused(_claim(CREDIT), key, IUsageMeter.Flaw.WrongSignature);
        // Nor does it hold in the name of the key that signed it: that has no channel.
        IUsageMeter.Claim memory claim = _claim(CREDIT);
        claim.signer = vm.addr(key);
        _testRefused(claim, key, IUsageMeter.Flaw.NotOpen);
    }

    function testFuzzSomeBytes(bytes memory signature) public {
        _open(DEPOSIT);
        _expectRefused(_claim(CREDIT), IUsageMeter.Flaw.WrongSignature);
        _submitVoucher(_claim(CREDIT), signature);
    }

    function testFuzzAnotherSumOrRoot(uint256 cumulative, bytes32 root) public {
        cumulative = bound(cumulative, 1, type(uint64).max);
        vm.assume(cumulative != CREDIT && root != ROOT);
        bytes memory signature = _sign(SIGNER_KEY, _claim(CREDIT));
        _open(DEPOSIT);
        _expectRefused(_claim(cumulative), IUsageMeter.Flaw.WrongSignature);
        _submitVoucher(_claim(cumulative), signature);
        IUsageMeter.Claim memory claim = _claim(CREDIT);
        claim.receiptsRoot = root;
        _expectRefused(claim, IUsageMeter.Flaw.WrongSignature);
        _submitVoucher(claim, signature);
    }

    /// Nobody's signature is not the zero address's.
    function testZeroSigner() public {
        IUsageMeter.Claim memory claim = _claim(CREDIT);
        claim.signer = address(0);
        _expectRefused(claim, IUsageMeter.Flaw.NotOpen);
        _submitVoucher(claim, new bytes(65));
    }

    /// Attack: a wallet with code changes its mind. The provider that took it bears that.
    function testFuzzFickleWallet(bytes memory signature) public {
        FickleWallet wallet = new FickleWallet();
        IUsageMeter.Claim memory claim = _claimOfContract(address(wallet));
        wallet.setWilling(true);
        vm.assertEq(uint256(meter.flawOf(PROVIDER, claim, signature)), 0, "willing");
        wallet.setWilling(false);
        _expectRefused(claim, IUsageMeter.Flaw.WrongSignature);
        _submitVoucher(claim, signature);
        wallet.setWilling(true);
        vm.assertEq(_submitVoucher(claim, signature), CREDIT, "paid");
        _expectRefused(claim, IUsageMeter.Flaw.Stale);
        _submitVoucher(claim, signature);
    }

    function _claimOfContract(address signer) internal returns (IUsageMeter.Claim memory claim) {
        _fund(agent, DEPOSIT);
        vm.prank(WORKER);
        meter.open(agentId, signer, PROVIDER, DEPOSIT);
        claim = _claim(CREDIT);
        claim.signer = signer;
    }

    /* REFUSALS */

    function testFuzzRedeemExcessive(uint256 cumulative) public {
        cumulative = bound(cumulative, uint256(type(uint64).max) + 1, type(uint256).max);
        _open(DEPOSIT);
        _testRefused(_claim(cumulative), SIGNER_KEY, IUsageMeter.Flaw.Excessive);
        vm.assertEq(_redeem(type(uint64).max), DEPOSIT, "the most");
    }

    function testRedeemNotOpen() public {
        _testRefused(_claim(CREDIT), SIGNER_KEY, IUsageMeter.Flaw.NotOpen);
    }

    /// The race at the exit: the provider's last second is the one before the end.
    function testRedeemAroundTheExit() public {
        _open(DEPOSIT);
        _startExit();
        vm.warp(START + CHALLENGE_WINDOW - 1);
        vm.assertEq(_redeem(1), 1, "in time");
        uint256[2] memory late = [START + CHALLENGE_WINDOW, START + CHALLENGE_WINDOW + 1];
        for (uint256 i = 0; i < late.length; i++) {
            vm.warp(late[i]);
            _testRefused(_claim(2), SIGNER_KEY, IUsageMeter.Flaw.ExitOver);
        }
        vm.prank(OUTSIDER);
        vm.assertEq(meter.close(agentId, SIGNER, PROVIDER), DEPOSIT - 1, "rest");
    }

    function _testRefused(IUsageMeter.Claim memory claim, uint256 key, IUsageMeter.Flaw flaw) internal {
        bytes memory signature = _sign(key, claim);
        vm.assertEq(uint256(meter.flawOf(PROVIDER, claim, signature)), uint256(flaw), "flaw");
        _expectRefused(claim, flaw);
        _submitVoucher(claim, signature);
    }
}
