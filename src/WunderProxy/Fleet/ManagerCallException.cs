namespace WunderProxy.Fleet;

/// <summary>A call to a manager that did not do what was asked.</summary>
/// <param name="message">One sentence, without the manager's name.</param>
/// <param name="isAnswer">Whether the manager said so; else nobody knows what it did.</param>
internal sealed class ManagerCallException(string message, bool isAnswer) : Exception(message)
{
    /// <summary>Whether the manager said so; else nobody knows what it did.</summary>
    public bool IsAnswer { get; } = isAnswer;
}
