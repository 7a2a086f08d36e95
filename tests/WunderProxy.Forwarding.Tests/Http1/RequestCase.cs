using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Tests.Http1;

/// <summary>One request head and what becomes of it.</summary>
/// <param name="Source">The RFC section or attack class that the row is about.</param>
/// <param name="Input">The bytes, in Latin-1.</param>
/// <param name="Rejection">None if it is accepted.</param>
internal sealed record RequestCase(string Source, string Input, RequestRejection Rejection = RequestRejection.None)
{
    public override string ToString() => $"{Source}: {Latin1.Escape(Input)}";
}
