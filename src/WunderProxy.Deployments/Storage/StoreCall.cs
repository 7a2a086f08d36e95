namespace WunderProxy.Deployments.Storage;

/// <summary>One call to an object store that has ended.</summary>
/// <param name="Operation"><c>get</c>, <c>open</c>, <c>put</c>, <c>copy</c>, <c>list</c> or <c>delete</c>.</param>
/// <param name="Result">
/// <c>ok</c>; <c>absent</c> if there was no object; <c>conflict</c> if the condition of a write did not hold;
/// <c>not_supported</c> if the store has no such condition, <c>unknown</c> if the write may have happened or not;
/// <c>cancelled</c>; else the fault in lower case, such as <c>denied</c> or <c>timed_out</c>.
/// </param>
/// <param name="Elapsed">Duration of the call.</param>
internal readonly record struct StoreCall(string Operation, string Result, TimeSpan Elapsed);
