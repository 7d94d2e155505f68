/* Points of the twist y^2 = x^3 + 3 / (9 + i) in homogeneous projective coordinates, with the formulas of Aranha,
 * Karabina, Longa, Gebotys and Lopez, "Faster explicit formulas for computing pairings over ordinary curves" (2011). A
 * point (x, y) of the twist stands for (x w^2, y w^3) over Fp12, hence the powers of w in g2_line. The subgroup check
 * walks with the same steps as the Miller loop and ignores their lines. */

#include "crypto/bn254_internal.h"

/* 3 / (9 + i) */
static const fp2 twist_b = {{{{0x3bf938e377b802a8, 0x020b1b273633535d, 0x26b7edf049755260, 0x2514c6324384a86d}},
                             {{0x38e7ecccd1dcff67, 0x65f0b37d93ce0d3e, 0xd749d0dd22ac00aa, 0x0141b9ce4a688d4d}}}};

static const fp2 fp2_one = {
    {{{0xd35d438dc58f0d9d, 0x0a78eb28f5c70b3d, 0x666ea36f7879462c, 0x0e0a77c19a07df2f}}, {{0, 0, 0, 0}}}};

static void fp2_triple(fp2 *r, const fp2 *a) {
    fp2 twice;
    fp2_double(&twice, a);
    fp2_add(r, &twice, a);
}

void g2_negate(g2_point *r, const g2_point *a) {
    r->x = a->x;
    fp2_neg(&r->y, &a->y);
}

void g2_frobenius(g2_point *r, const g2_point *a) {
    fp2_conjugate(&r->x, &a->x);
    fp2_mul(&r->x, &r->x, &fp12_frobenius_factor[2]);
    fp2_conjugate(&r->y, &a->y);
    fp2_mul(&r->y, &r->y, &fp12_frobenius_factor[3]);
}

void g2_to_projective(g2_projective *r, const g2_point *a) {
    r->x = a->x;
    r->y = a->y;
    r->z = fp2_one;
}

static void g2_to_affine(g2_point *r, const g2_projective *a) {
    fp2 z_inverse;
    fp2_inverse(&z_inverse, &a->z);
    fp2_mul(&r->x, &a->x, &z_inverse);
    fp2_mul(&r->y, &a->y, &z_inverse);
}

/* With B = y^2, E = 3b z^2, F = 3E, H = 2yz the double is (2xy (B - F), (B + F)^2 - 12 E^2, 4BH), and the tangent,
 * scaled by -H, has the coefficients -H, 3x^2 and E - B. */
void g2_double_step(g2_projective *t, g2_line *line) {
    fp2 b, e, f, h, product, sum;
    fp2_mul(&product, &t->x, &t->y);
    fp2_double(&product, &product);
    fp2_mul(&h, &t->y, &t->z);
    fp2_double(&h, &h);
    fp2_sqr(&b, &t->y);
    fp2_sqr(&e, &t->z);
    fp2_triple(&e, &e);
    fp2_mul(&e, &e, &twist_b);
    fp2_triple(&f, &e);

    fp2_neg(&line->y_factor, &h);
    fp2_sqr(&line->x_factor, &t->x);
    fp2_triple(&line->x_factor, &line->x_factor);
    fp2_sub(&line->constant, &e, &b);

    fp2_add(&sum, &b, &f);
    fp2_sub(&f, &b, &f);
    fp2_mul(&t->x, &product, &f);
    fp2_sqr(&sum, &sum);
    fp2_double(&e, &e);
    fp2_sqr(&e, &e);
    fp2_triple(&e, &e);
    fp2_sub(&t->y, &sum, &e);
    fp2_mul(&t->z, &b, &h);
    fp2_double(&t->z, &t->z);
    fp2_double(&t->z, &t->z);
}

/* The chord has the slope theta / lambda, theta = t.y - a.y t.z and lambda = t.x - a.x t.z, and is scaled by lambda. */
void g2_add_step(g2_projective *t, g2_line *line, const g2_point *a) {
    fp2 theta, lambda, lambda2, lambda3, g, h, product;
    fp2_mul(&product, &a->y, &t->z);
    fp2_sub(&theta, &t->y, &product);
    fp2_mul(&product, &a->x, &t->z);
    fp2_sub(&lambda, &t->x, &product);

    line->y_factor = lambda;
    fp2_neg(&line->x_factor, &theta);
    fp2_mul(&line->constant, &theta, &a->x);
    fp2_mul(&product, &lambda, &a->y);
    fp2_sub(&line->constant, &line->constant, &product);

    fp2_sqr(&lambda2, &lambda);
    fp2_mul(&lambda3, &lambda2, &lambda);
    fp2_mul(&g, &lambda2, &t->x);
    fp2_sqr(&h, &theta);
    fp2_mul(&h, &h, &t->z);
    fp2_add(&h, &h, &lambda3);
    fp2_sub(&h, &h, &g);
    fp2_sub(&h, &h, &g);
    fp2_mul(&t->x, &lambda, &h);
    fp2_sub(&g, &g, &h);
    fp2_mul(&g, &g, &theta);
    fp2_mul(&product, &lambda3, &t->y);
    fp2_sub(&t->y, &g, &product);
    fp2_mul(&t->z, &t->z, &lambda3);
}

static bool g2_is_on_curve(const g2_point *a) {
    fp2 y_square, x_cube;
    fp2_sqr(&y_square, &a->y);
    fp2_sqr(&x_cube, &a->x);
    fp2_mul(&x_cube, &x_cube, &a->x);
    fp2_add(&x_cube, &x_cube, &twist_b);
    return fp2_equal(&y_square, &x_cube);
}

/* Whether (x, y, z) and `a`, both finite, are the same point. */
static bool g2_projective_equals(const g2_projective *a, const g2_projective *b) {
    fp2 left, right;
    fp2_mul(&left, &a->x, &b->z);
    fp2_mul(&right, &b->x, &a->z);
    if (!fp2_equal(&left, &right)) {
        return false;
    }
    fp2_mul(&left, &a->y, &b->z);
    fp2_mul(&right, &b->y, &a->z);
    return fp2_equal(&left, &right);
}

/* r a = 0 if and only if (u + 1) a + F(u a) + F^2(u a) = F^3(2u a), F being the Frobenius map (Dai, Lin, Zhao and Zhou,
 * eprint 2022/348, section 5.1). Sound for this curve because the norm of (u + 1) + u X + u X^2 - 2u X^3 modulo F's
 * characteristic polynomial X^2 - (p + 1 - r) X + p shares with the order r (2p - r) of the twist no factor but r.
 *
 * No addition on the way meets equal or opposite points when r a = 0. For other points one may, and z ends up zero. */
static bool g2_is_in_subgroup(const g2_point *a) {
    g2_projective left, right;
    g2_point multiple;
    g2_line unused;
    g2_to_projective(&right, a);
    for (int i = 61; i >= 0; i--) {
        g2_double_step(&right, &unused);
        if (BN254_U >> i & 1) {
            g2_add_step(&right, &unused, a);
        }
    }
    if (fp2_is_zero(&right.z)) {
        return false;
    }
    g2_to_affine(&multiple, &right);
    g2_to_projective(&left, &multiple);
    g2_add_step(&left, &unused, a);
    g2_frobenius(&multiple, &multiple);
    g2_add_step(&left, &unused, &multiple);
    g2_frobenius(&multiple, &multiple);
    g2_add_step(&left, &unused, &multiple);
    g2_frobenius(&multiple, &multiple);
    g2_to_projective(&right, &multiple);
    g2_double_step(&right, &unused);
    return !fp2_is_zero(&left.z) && g2_projective_equals(&left, &right);
}

/* EIP-197 puts the imaginary part first. */
static bool fp2_decode(fp2 *r, const uint8_t bytes[64]) {
    return fp_decode(&r->c[1], bytes) && fp_decode(&r->c[0], bytes + 32);
}

bool g2_decode(g2_point *r, const uint8_t bytes[128]) {
    if (!fp2_decode(&r->x, bytes) || !fp2_decode(&r->y, bytes + 64)) {
        return false;
    }
    return g2_is_infinity(r) || (g2_is_on_curve(r) && g2_is_in_subgroup(r));
}
