// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Panels of staked evaluators: drawn by lot, scoring under seal, deciding by the median.
interface IEvaluatorPool {
    /// @param caseId The client's own number for what is to be judged.
    /// @param size How many evaluators are drawn: odd, and no more than there are seats.
    /// @param fee What the panel is paid in all, in units; a multiple of `size`.
    /// @param bornBefore Seats taken at this time or later are not drawn: they may have been taken for this case.
    /// @param window Seconds for the sealed scores, and again for their opening.
    /// @param entropy What the worker bound itself to before it could know the requester's secret.
    struct Case {
        uint256 caseId;
        uint256 size;
        uint256 fee;
        uint256 bornBefore;
        uint256 window;
        bytes32 entropy;
    }

    /// @notice Opens a case. Only a client. Nobody is drawn before `unseal`.
    function convene(Case calldata request) external;

    /// @notice Gives the secret that the requester was bound to since before the award; the panel can be drawn from now
    /// on, by anyone, with the hash of a block still to come. Only the client of the case.
    function unseal(uint256 caseId, bytes32 secret) external;

    /// @notice Convenes a larger panel on a case that is decided, from the same secrets and another block's hash. Only the
    /// client of the case.
    function reconvene(uint256 caseId, uint256 size, uint256 fee) external;

    /// @notice How many seats are taken.
    function seatCount() external view returns (uint256);
}
