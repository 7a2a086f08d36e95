namespace WunderProxy.Deployments.Docker;

/// <summary>One request to the Docker engine that was answered, or failed.</summary>
/// <param name="Operation">What the request asks for, as <see cref="EngineOperations"/> names it.</param>
/// <param name="Result">
/// <c>ok</c>, <c>not_found</c>, <c>conflict</c>, <c>refused</c> (another status of 400 to 499), <c>failed</c> (500 or more),
/// <c>unavailable</c> (no answer), or <c>cancelled</c> (by the time limit or the caller).
/// </param>
/// <param name="Elapsed">Time until the head of the answer; the body of a stream may follow for long.</param>
internal readonly record struct EngineCall(string Operation, string Result, TimeSpan Elapsed);
