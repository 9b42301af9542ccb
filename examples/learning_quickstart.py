"""An agent learns from the results of its tasks, is saved, and goes on where it was.

    python examples/learning_quickstart.py

Leaves two files in models/ of the current folder.
"""

from agents.learning_integration import LearningIntegration
from agents.reinforcement_learning import ReinforcementLearning

ADDRESS = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
RESULTS = [
    {"task_id": "task_123", "task_type": "analysis", "score": 85, "reward": 200, "tags": {"analysis": 85}},
    {"task_id": "task_124", "task_type": "writing", "score": 35, "reward": 0, "tags": {"writing": 35}},
    {"task_id": "task_125", "task_type": "analysis", "score": 95, "reward": 180, "tags": {"research": 90}},
]


def main() -> None:
    """Teach, report, save, load."""
    rl = ReinforcementLearning(
        agent_address=ADDRESS, learning_rate=0.001, discount_factor=0.95, exploration_rate=0.1
    )
    learning = LearningIntegration(
        agent_address=ADDRESS,
        initial_capabilities={"analysis": 60, "writing": 60, "research": 40},
        rl_model=rl,
        reputation=50,
        confidence_factor=80,
        risk_tolerance=60,
    )
    for result in RESULTS:
        learning.process_task_result(**result)
    print(learning.report_text())
    learning.save_state()
    again = LearningIntegration.load_state(agent_address=ADDRESS)
    assert again.get_capabilities() == learning.get_capabilities()
    print("capabilities after a restart:", again.get_capabilities())


if __name__ == "__main__":
    main()
