// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC3009} from "@openzeppelin/contracts/interfaces/draft-IERC3009.sol";

import {ICreditToken} from "../../../contracts/interfaces/ICreditToken.sol";
import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {AGENT_FLAG, Account, accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {ERC1271Wallet} from "../mocks/ERC1271Wallet.sol";
import {FickleWallet} from "../mocks/FickleWallet.sol";
import {AuthorizationTest} from "../utils/AuthorizationTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract DepositWithAuthorizationTest is AuthorizationTest {
    /// @dev As the function takes it; the nonce of the authorization follows from account and salt.
    struct Deposit {
        address from;
        Account account;
        uint256 amount;
        uint256 validAfter;
        uint256 validBefore;
        bytes32 salt;
    }

    uint256 internal constant AMOUNT = 10 * CREDIT;
    bytes32 internal constant SALT = keccak256("salt");

    function setUp() public override {
        super.setUp();
        _mint(REQUESTER, AMOUNT);
    }

    function testFuzzDepositWithAuthorization(Deposit memory given, uint256 key, address relayer) public {
        key = bound(key, 1, type(uint128).max);
        given.from = vm.addr(key);
        given.account = accountOfAgent(_register(WORKER));
        given.amount = bound(given.amount, 1, TOKEN_CAP - AMOUNT);
        given.validAfter = bound(given.validAfter, 0, START - 1);
        given.validBefore = bound(given.validBefore, START + 1, type(uint256).max);
        _mint(given.from, given.amount);
        _testDeposit(relayer, given, _sign(key, given));
    }

    function testFuzzDepositOfContract(uint256 key) public {
        key = bound(key, 1, type(uint128).max);
        Deposit memory given = _given();
        given.from = address(new ERC1271Wallet(vm.addr(key)));
        _mint(given.from, AMOUNT);
        _testDeposit(OUTSIDER, given, _sign(key, given));
    }

    function _testDeposit(address relayer, Deposit memory given, bytes memory signature) internal {
        uint256 free = _freeOf(given.account);
        uint256 left = token.balanceOf(given.from) - given.amount;
        uint256 held = token.balanceOf(address(ledger));
        bytes32 nonce = ledger.authorizationNonce(given.account, given.salt);

        vm.expectEmit(address(ledger));
        emit ILedger.Deposited(given.account, given.from, given.amount);
        vm.expectEmit(address(token));
        emit IERC3009.AuthorizationUsed(given.from, nonce);
        vm.prank(relayer);
        _deposit(given, signature);

        _assertBalance(given.account, free + given.amount, 0, "account");
        vm.assertEq(token.balanceOf(given.from), left, "tokens left");
        vm.assertEq(token.balanceOf(address(ledger)), held + given.amount, "tokens held");
        vm.assertEq(token.allowance(given.from, address(ledger)), 0, "allowance");
        vm.assertTrue(token.authorizationState(given.from, nonce), "spent");
    }

    function testFuzzAuthorizationNonce(Account account, bytes32 salt) public {
        bytes32 expected = keccak256(abi.encode(Account.unwrap(account), salt));
        vm.assertEq(ledger.authorizationNonce(account, salt), expected, "nonce");
    }

    /* ATTACKS */

    /// Attack: whoever sees the signature names another account, under any salt.
    function testFuzzDepositRedirected(address attacker, bytes32 salt) public {
        vm.assume(attacker != REQUESTER && attacker != address(0));
        bytes memory signature = _sign(REQUESTER_KEY, _given());
        Deposit memory given = _given();
        given.account = accountOf(attacker);
        _testInvalid(attacker, given, signature);
        given.salt = salt;
        _testInvalid(attacker, given, signature);
    }

    /// Attack: or another amount.
    function testFuzzDepositOfAnotherAmount(uint256 amount) public {
        amount = bound(amount, 1, TOKEN_CAP);
        vm.assume(amount != AMOUNT);
        bytes memory signature = _sign(REQUESTER_KEY, _given());
        Deposit memory given = _given();
        given.amount = amount;
        _testInvalid(OUTSIDER, given, signature);
    }

    /// Attack: or takes it to the token. There only the payee may use it, and under no other function.
    function testFuzzDepositTakenToTheToken(address attacker) public {
        vm.assume(attacker != address(ledger));
        Authorization memory given = _authorization(_given());
        bytes memory signature = _signReceive(REQUESTER_KEY, given);
        vm.expectRevert(abi.encodeWithSelector(ICreditToken.NotPayee.selector, address(ledger), attacker));
        vm.prank(attacker);
        token.receiveWithAuthorization(
            given.from,
            given.to,
            given.value,
            given.validAfter,
            given.validBefore,
            given.nonce,
            signature
        );

        vm.expectRevert(
            abi.encodeWithSelector(ICreditToken.InvalidAuthorization.selector, given.from, given.nonce)
        );
        vm.prank(attacker);
        token.transferWithAuthorization(
            given.from,
            given.to,
            given.value,
            given.validAfter,
            given.validBefore,
            given.nonce,
            signature
        );
        _testDeposit(OUTSIDER, _given(), signature);
    }

    /// Attack: somebody sends it first. The deposit is made, as it was signed, and only once.
    function testFuzzDepositSentBefore(address attacker) public {
        bytes memory signature = _sign(REQUESTER_KEY, _given());
        _testDeposit(attacker, _given(), signature);
        _mint(REQUESTER, AMOUNT);
        _expectSpent();
        vm.prank(REQUESTER);
        _deposit(_given(), signature);
        _assertBalance(accountOf(REQUESTER), AMOUNT, 0, "account");
        vm.assertEq(token.balanceOf(REQUESTER), AMOUNT, "tokens left");
    }

    /// A payment to the Ledger that names no account can be used by nobody.
    function testFuzzDepositUnderPlainNonce(bytes32 nonce) public {
        Authorization memory given = _authorization(_given());
        given.nonce = nonce;
        _testInvalid(OUTSIDER, _given(), _signReceive(REQUESTER_KEY, given));
    }

    /// Nor can a payment to another be turned into a deposit.
    function testFuzzDepositOfPaymentToAnother(address payee) public {
        vm.assume(payee != address(ledger));
        Authorization memory given = _authorization(_given());
        given.to = payee;
        _testInvalid(payee, _given(), _signReceive(REQUESTER_KEY, given));
    }

    function testFuzzDepositSignedByAnother(uint256 key) public {
        key = bound(key, 1, type(uint128).max);
        vm.assume(key != REQUESTER_KEY);
        _testInvalid(vm.addr(key), _given(), _sign(key, _given()));
    }

    function testFuzzDepositBySomeBytes(bytes memory signature) public {
        _testInvalid(OUTSIDER, _given(), signature);
    }

    function testFuzzDepositOnAnotherChain(uint64 chainId) public {
        vm.assume(chainId != block.chainid);
        bytes memory signature = _sign(REQUESTER_KEY, _given());
        vm.chainId(chainId);
        _testInvalid(OUTSIDER, _given(), signature);
    }

    function testDepositOfAnotherDeployment() public {
        bytes memory signature = _sign(REQUESTER_KEY, _given());
        vm.startPrank(ADMIN);
        _deployMarket();
        token.grantRole(token.MINTER_ROLE(), ADMIN);
        vm.stopPrank();
        _mint(REQUESTER, AMOUNT);
        _testInvalid(OUTSIDER, _given(), signature);
    }

    /// Attack: a wallet that changes its mind while others send its deposit.
    function testFuzzDepositOfFickleWallet(bytes memory signature) public {
        FickleWallet wallet = new FickleWallet();
        Deposit memory given = _given();
        given.from = address(wallet);
        _mint(given.from, AMOUNT);
        _testInvalid(OUTSIDER, given, signature);
        wallet.setWilling(true);
        _testDeposit(OUTSIDER, given, signature);
    }

    function _testInvalid(address caller, Deposit memory given, bytes memory signature) internal {
        uint256 free = _freeOf(given.account);
        bytes32 nonce = ledger.authorizationNonce(given.account, given.salt);
        vm.expectRevert(
            abi.encodeWithSelector(ICreditToken.InvalidAuthorization.selector, given.from, nonce)
        );
        vm.prank(caller);
        _deposit(given, signature);
        _assertBalance(given.account, free, 0, "account");
    }

    /* REFUSALS */

    function testDepositAroundItsTimes() public {
        Deposit memory given = _given();
        given.validAfter = START + 10;
        given.validBefore = START + 20;
        bytes memory signature = _sign(REQUESTER_KEY, given);
        uint256[2] memory early = [START + 9, START + 10];
        uint256[2] memory late = [START + 20, START + 21];
        for (uint256 i = 0; i < 2; i++) {
            vm.warp(early[i]);
            _expectTime(ICreditToken.AuthorizationNotYetValid.selector, given.validAfter);
            _deposit(given, signature);
            vm.warp(late[i]);
            _expectTime(ICreditToken.AuthorizationExpired.selector, given.validBefore);
            _deposit(given, signature);
        }

        uint256 snapshot = vm.snapshotState();
        vm.warp(START + 11);
        _testDeposit(OUTSIDER, given, signature);
        vm.revertToState(snapshot);
        vm.warp(START + 19);
        _testDeposit(OUTSIDER, given, signature);
    }

    function testDepositCancelled() public {
        bytes32 nonce = ledger.authorizationNonce(accountOf(REQUESTER), SALT);
        bytes memory signature = _sign(REQUESTER_KEY, _given());
        token.cancelAuthorization(REQUESTER, nonce, _signCancel(REQUESTER_KEY, REQUESTER, nonce));
        _expectSpent();
        _deposit(_given(), signature);
    }

    function testDepositWithAuthorizationZeroAmount() public {
        Deposit memory given = _given();
        given.amount = 0;
        bytes memory signature = _sign(REQUESTER_KEY, given);
        vm.expectRevert(ILedger.ZeroAmount.selector);
        _deposit(given, signature);
    }

    function testFuzzDepositWithAuthorizationToUnknown(uint256 agentId) public {
        agentId = bound(agentId, 0, AGENT_FLAG - 1);
        Deposit memory given = _given();
        given.account = accountOfAgent(agentId);
        bytes memory signature = _sign(REQUESTER_KEY, given);
        vm.expectRevert(abi.encodeWithSelector(ILedger.InvalidAccount.selector, given.account));
        _deposit(given, signature);
    }

    function testFuzzDepositWithAuthorizationOfTooMuch(uint256 amount) public {
        Deposit memory given = _given();
        given.amount = bound(amount, AMOUNT + 1, type(uint256).max);
        bytes memory signature = _sign(REQUESTER_KEY, given);
        vm.expectRevert(
            abi.encodeWithSelector(
                IERC20Errors.ERC20InsufficientBalance.selector,
                REQUESTER,
                AMOUNT,
                given.amount
            )
        );
        _deposit(given, signature);
        _assertBalance(given.account, 0, 0, "account");
    }

    function _expectTime(bytes4 selector, uint256 edge) internal {
        vm.expectRevert(abi.encodeWithSelector(selector, edge, block.timestamp));
    }

    function _expectSpent() internal {
        bytes32 nonce = ledger.authorizationNonce(accountOf(REQUESTER), SALT);
        vm.expectRevert(abi.encodeWithSelector(ICreditToken.AuthorizationSpent.selector, REQUESTER, nonce));
    }

    /* HELPERS */

    function _given() internal view returns (Deposit memory) {
        return
            Deposit({
                from: REQUESTER,
                account: accountOf(REQUESTER),
                amount: AMOUNT,
                validAfter: START - 1,
                validBefore: START + 1 days,
                salt: SALT
            });
    }

    function _authorization(Deposit memory given) internal view returns (Authorization memory) {
        return
            Authorization({
                from: given.from,
                to: address(ledger),
                value: given.amount,
                validAfter: given.validAfter,
                validBefore: given.validBefore,
                nonce: keccak256(abi.encode(given.account, given.salt))
            });
    }

    function _sign(uint256 key, Deposit memory given) internal view returns (bytes memory) {
        return _signReceive(key, _authorization(given));
    }

    function _deposit(Deposit memory given, bytes memory signature) internal {
        ledger.depositWithAuthorization(
            given.from,
            given.account,
            given.amount,
            given.validAfter,
            given.validBefore,
            given.salt,
            signature
        );
    }
}
