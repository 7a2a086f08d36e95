namespace WunderProxy.Deployments.Contracts;

/// <summary>
/// Hears of every event and of the progress of operations as they happen. Calls come from any thread, several at once;
/// they must return at once and not throw.
/// </summary>
public interface ILifecycleListener
{
    /// <summary>An event happened and is being recorded.</summary>
    void OnEvent(EventView happened);

    /// <summary>The operation in progress reported a step.</summary>
    void OnProgress(OperationView operation);
}
