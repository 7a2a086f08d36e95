using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Exchanges.Clients;

/// <summary>What came of reading a request's head; the default value is a head that was accepted.</summary>
/// <param name="Error">
/// <see cref="ForwardError.None"/> for an accepted head; <see cref="ForwardError.Rejected"/> for one that breaks a rule;
/// <see cref="ForwardError.HeaderTimeout"/>; <see cref="ForwardError.ClientGone"/> when the client left before the head was
/// complete: there is nobody to answer, and nothing to count.
/// </param>
/// <param name="Rejection">The broken rule, with <see cref="ForwardError.Rejected"/> alone.</param>
internal readonly record struct HeadResult(ForwardError Error, RequestRejection Rejection = RequestRejection.None);
