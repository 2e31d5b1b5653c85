// Package smallarea borrows strength for areas whose own sample is too small to publish.
//
// The area model of Fay and Herriot (1979) says that a direct estimate is y_d = x_d'b + v_d + e_d, with
// v_d of variance A between areas and e_d of the known sampling variance psi_d. The estimate of an
// area is then a mean of its direct estimate and of what its covariates foretell, weighted by
// A/(A + psi_d); its error is the second-order approximation of Prasad and Rao (1990) and of Datta,
// Rao and Smith (2005), by the method with which A was found. Areas without a sample get what their
// covariates foretell, and the error that goes with that.
//
// Beside it: smoothing of sampling variances (they are themselves estimates), benchmarking to a
// direct total, checks of the model, and raking of an old structure to new margins (SPREE).
package smallarea
