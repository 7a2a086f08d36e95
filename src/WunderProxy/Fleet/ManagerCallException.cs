namespace WunderProxy.Fleet;

/// <summary>Thrown when a call to a manager did not do what was asked.</summary>
/// <param name="message">One sentence, without the manager's name.</param>
/// <param name="isAnswer">Whether the manager itself answered so; otherwise it is unknown what the manager did.</param>
internal sealed class ManagerCallException(string message, bool isAnswer) : Exception(message)
{
    /// <summary>Whether the manager itself answered so; otherwise it is unknown what the manager did.</summary>
    public bool IsAnswer { get; } = isAnswer;
}
