using Microsoft.Extensions.Logging;

namespace WunderProxy.Deployments.Diagnostics;

/// <summary>Log messages of the control plane, with event ids 4000 to 4999.</summary>
internal static partial class DeploymentLog
{
    [LoggerMessage(4000, LogLevel.Information, "Docker engine: {State}")]
    public static partial void EngineStateChanged(ILogger logger, string state);

    [LoggerMessage(4001, LogLevel.Information, "Object store: {State}")]
    public static partial void StoreStateChanged(ILogger logger, string state);

    [LoggerMessage(4002, LogLevel.Warning, "{Message}")]
    public static partial void Warned(ILogger logger, string message);

    [LoggerMessage(4003, LogLevel.Debug, "{Kind} of {Reference} by {By} begins")]
    public static partial void OperationBegins(ILogger logger, string kind, string reference, string by);

    [LoggerMessage(4004, LogLevel.Debug, "{Kind} of {Reference} by {By} is done: {Outcome}")]
    public static partial void OperationDone(ILogger logger, string kind, string reference, string by, string outcome);

    [LoggerMessage(4005, LogLevel.Debug, "{Kind} of {Reference} by {By} failed ({Code}): {Message}")]
    public static partial void OperationFailed(
        ILogger logger, string kind, string reference, string by, string code, string message);

    [LoggerMessage(4006, LogLevel.Information, "Traffic goes to {Address}, container {Container}, revision {Revision} ({Hash})")]
    public static partial void Switched(ILogger logger, string address, string container, string revision, string hash);

    [LoggerMessage(4007, LogLevel.Information, "Container {Container} of revision {Revision} is drained; {CutOff} exchanges were cut off")]
    public static partial void Drained(ILogger logger, string container, string revision, int cutOff);

    [LoggerMessage(4008, LogLevel.Information, "Container {Container} of revision {Revision} is {State}")]
    public static partial void Retired(ILogger logger, string container, string revision, string state);

    [LoggerMessage(4009, LogLevel.Warning, "Container {Container} of revision {Revision} cannot be retired: {Message}")]
    public static partial void RetireFailed(ILogger logger, string container, string revision, string message);

    [LoggerMessage(4010, LogLevel.Warning, "The current container {Container} has died; traffic gets 503 until it is back")]
    public static partial void CurrentDied(ILogger logger, string container);

    [LoggerMessage(4011, LogLevel.Information, "The current container {Container} is back at {Address}")]
    public static partial void CurrentBack(ILogger logger, string container, string address);

    [LoggerMessage(4012, LogLevel.Warning, "The current container {Container} does not come back yet (try {Try}): {Message}")]
    public static partial void CurrentNotBack(ILogger logger, string container, uint @try, string message);

    [LoggerMessage(4013, LogLevel.Information, "Health of the current container {Container}: {Health} ({Reason})")]
    public static partial void HealthChanged(ILogger logger, string container, string health, string reason);

    [LoggerMessage(4014, LogLevel.Information, "Container {Container} was adopted as {State}, revision {Revision}")]
    public static partial void Adopted(ILogger logger, string container, string state, string revision);

    [LoggerMessage(4015, LogLevel.Information, "Container {Container} was left over by an interrupted launch and is removed")]
    public static partial void OrphanRemoved(ILogger logger, string container);

    [LoggerMessage(4016, LogLevel.Warning, "An event of type {Type} could not be recorded: {Message}")]
    public static partial void EventLost(ILogger logger, string type, string message);

    [LoggerMessage(4017, LogLevel.Information, "The history of {Hash} was completed from the local record")]
    public static partial void IntentCompleted(ILogger logger, string hash);

    [LoggerMessage(4018, LogLevel.Error, "A background task of the lifecycle failed")]
    public static partial void BackgroundFailed(ILogger logger, Exception fault);

    [LoggerMessage(4019, LogLevel.Warning, "The guard switched back from {Hash} to {FromHash}: {Evidence}")]
    public static partial void GuardActed(ILogger logger, string hash, string fromHash, string evidence);

    [LoggerMessage(4020, LogLevel.Error, "After the switch, {Step} failed; traffic is not affected")]
    public static partial void AfterSwitchFailed(ILogger logger, string step, Exception fault);

    [LoggerMessage(4021, LogLevel.Warning, "The history of {Revision} ({Hash}) is not written yet and is tried again: {Message}")]
    public static partial void HistoryPending(ILogger logger, string revision, string hash, string message);

    [LoggerMessage(4030, LogLevel.Warning, "Container {Container} of image {Image} carries this service's labels and was not made by it: it is left alone")]
    public static partial void ForeignFound(ILogger logger, string container, string image);
}
